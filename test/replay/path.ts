import type { WorkflowHandle } from '@temporalio/client';
import type { FailureType } from '../../src/contract/failures';
import type { Step } from '../../src/simulator/simulator';
import type { PagedPartner } from '../support/paged-partner';
import type { Scenario } from '../support/scenario';

/** A path through the workflow, and how a run is led there. */
export interface Path {
  /** The simulator's faults of each call; none by default. */
  readonly auth?: readonly Step[];
  readonly providers?: readonly Step[];
  /** The arguments of the workflow. */
  readonly input?: readonly unknown[];
  /** Starts workers and the run, and leads it on this path. By default it starts one worker and the run. */
  readonly drive?: (scenario: Scenario, start: () => Promise<WorkflowHandle>) => Promise<WorkflowHandle>;
  /** How the run ends; `done` for a workflow that is no sync. */
  readonly ends: 'succeeded' | 'done' | 'skipped' | 'cancelled' | FailureType;
  /** The calls to /auth and to /providers that the partner counts. */
  readonly calls: readonly [auth: number, providers: number];
  /** A partner with pages, in place of the simulator. */
  readonly paged?: PagedPath;
}

/** The part of a path whose answer has several pages. */
export interface PagedPath {
  /** The partner's records. After its full pages, a page is empty. */
  readonly records: number;
  /** Its answers; good ones by default. */
  readonly onPage?: PagedPartner['onPage'];
  /** Leads the run after its start. */
  readonly lead?: (scenario: Scenario, run: WorkflowHandle, partner: PagedPartner) => Promise<WorkflowHandle>;
  /** The events after which Temporal suggests that a run continues as a new Temporal run. */
  readonly continuesAfter?: number;
  /** The Temporal runs that the run becomes; one by default. */
  readonly temporalRuns?: number;
}

/** The files of a path, without their ending: one for each Temporal run. */
export function filesOf(name: string, { paged }: Path): string[] {
  const { temporalRuns = 1 } = paged ?? {};
  if (temporalRuns === 1) return [name];
  return Array.from({ length: temporalRuns }, (_, index) => `${name}-${index + 1}`);
}
