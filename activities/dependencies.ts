import type { Info as ActivityInfo } from '@temporalio/activity';
import type { DataSource } from 'typeorm';
import type { StepReport } from '../src/contract/activities';
import type { RunHolder } from '../src/contract/run';
import { createPartnerClient, type PartnerClient } from '../src/partner/call/partner-client';
import type { Partner, Partners } from '../src/partner/config/partner';
import { UnknownPartnerError } from '../src/partner/config/unknown-partner-error';
import type { Logger } from '../src/process/logger';
import type { FailingStreak } from '../src/store/runs/failing-streak';

/** What the activities are made from. */
export interface ActivityDependencies {
  readonly partners: Partners;
  readonly dataSource: DataSource;
  /** Whether Temporal still runs the workflow that holds a partner, asked on behalf of the run `askerRunId`. */
  readonly isStillRunning: (holder: RunHolder, askerRunId: string) => Promise<boolean>;
  /** Whether Temporal has the search attributes that runs set. */
  readonly searchable: boolean;
  /** Pauses a partner's schedule, unless somebody resumed it after the first of these failures. */
  readonly pauseSchedule: (partner: string, streak: FailingStreak, note: string) => Promise<boolean>;
  /** Whether Temporal still waits for an attempt of an activity. Leaves the heartbeat to the next attempt. */
  readonly isAwaited: (attempt: ActivityInfo, heartbeat: StepReport) => Promise<boolean>;
  readonly log: Logger;
}

/** Finds a partner, and the client for its endpoints, by name. */
export type FindPartner = (name: string) => { readonly partner: Partner; readonly client: PartnerClient };

/** @returns a look-up that throws UnknownPartnerError for other names */
export function createFindPartner(partners: Partners): FindPartner {
  const entries = new Map(
    [...partners].map(([name, partner]) => [name, { partner, client: createPartnerClient(partner) }]),
  );
  return (name) => {
    const entry = entries.get(name);
    if (!entry) throw new UnknownPartnerError(name, [...entries.keys()]);
    return entry;
  };
}
