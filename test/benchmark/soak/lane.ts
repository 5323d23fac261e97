import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  type WorkflowHandle,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { DECISION_UPDATES } from '../../../src/contract/approval';
import { WORKFLOW_TYPE } from '../../../src/contract/names';
import type { Random } from '../../../src/simulator/random';
import { readRawDescription } from '../../support/raw-history';
import type { LanePartner } from './lane-partner';
import type { Person } from './person';
import { persistently } from './temporal-patience';

/** In this many of a hundred rounds, two runs are started at once, or an operator ends one. */
const TWINS = 0.06;
const CANCELLED = 0.06;
const TERMINATED = 0.05;
/** An operator acts within this many milliseconds after the start, about the duration of a run. */
const OPERATOR_COMES = 2_000;

/** Milliseconds for one approval in Temporal, and until the next one is sent. */
const APPROVE_WITHIN = 5_000;
const APPROVE_EVERY = 500;

export interface StartedRun {
  readonly workflowId: string;
  /** The people that the partner offered during the run. */
  readonly people: readonly Person[];
}

export interface LaneOptions {
  readonly partner: LanePartner;
  readonly client: Client;
  readonly taskQueue: string;
  readonly random: Random;
}

/** One partner and its runs, one after another. Each run finds other people. */
export class Lane {
  readonly started: StartedRun[] = [];
  /** Temporal's raw answers about running workflows. */
  readonly descriptions: Buffer[] = [];

  constructor(readonly options: LaneOptions) {}

  /** Starts a run, or two at once, and waits for their end. */
  async round(): Promise<void> {
    const { random } = this.options;
    const people = this.options.partner.offer();
    const [handle, ...twins] = await Promise.all([
      this.start(people),
      ...(random() < TWINS ? [this.start(people)] : []),
    ]);
    const operator = this.sendOperator(handle, random(), random() * OPERATOR_COMES);
    await Promise.all([operator, ...[handle, ...twins].map((run) => this.endOf(run))]);
  }

  /** One run without disturbance. */
  async lastRun(): Promise<void> {
    await this.endOf(await this.start(this.options.partner.offer()));
  }

  private async start(people: readonly Person[]): Promise<WorkflowHandle> {
    const { client, taskQueue } = this.options;
    const partner = this.options.partner.name;
    const workflowId = `${partner}-${this.started.length + 1}`;
    this.started.push({ workflowId, people });
    try {
      return await persistently(() =>
        client.workflow.start(WORKFLOW_TYPE, {
          taskQueue,
          workflowId,
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          args: [{ partner }],
          staticSummary: `Sync of ${partner}`,
        }),
      );
    } catch (error) {
      // The first try reached Temporal; only the answer was lost.
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      return client.workflow.getHandle(workflowId);
    }
  }

  /** Waits for the end of a run. An operator approves its snapshot if it waits for approval. */
  private async endOf(handle: WorkflowHandle): Promise<void> {
    const ended = new AbortController();
    const result = persistently(() =>
      handle.result().catch((error) => {
        if (!(error instanceof WorkflowFailedError)) throw error;
      }),
    ).finally(() => ended.abort());
    await Promise.all([result, this.options.partner.needsApproval && this.approve(handle, ended.signal)]);
  }

  /** Sends the Update again until the run has ended: a run that does not wait refuses it, and each try may be lost. */
  private async approve(handle: WorkflowHandle, ended: AbortSignal): Promise<void> {
    while (!ended.aborted) {
      await this.options.client
        .withDeadline(Date.now() + APPROVE_WITHIN, () => handle.executeUpdate(DECISION_UPDATES.approved))
        .catch(() => undefined);
      await sleep(APPROVE_EVERY, undefined, { signal: ended }).catch(() => undefined);
    }
  }

  /** An operator reads the running workflow, and sometimes cancels or terminates it. */
  private async sendOperator(handle: WorkflowHandle, mood: number, afterMs: number): Promise<void> {
    await sleep(afterMs);
    this.descriptions.push(await persistently(() => readRawDescription(this.options.client, handle)));
    if (mood < CANCELLED) await persistently(() => unlessEnded(() => handle.cancel()));
    else if (mood < CANCELLED + TERMINATED) await persistently(() => unlessEnded(() => handle.terminate()));
  }
}

/** An operator cannot end a run that has already ended. */
async function unlessEnded(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}
