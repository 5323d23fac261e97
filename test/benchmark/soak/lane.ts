import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  type WorkflowHandle,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { WORKFLOW_TYPE } from '../../../src/contract/names';
import type { Feed } from '../../../src/contract/sync';
import type { Random } from '../../../src/simulator/random';
import type { Simulator } from '../../../src/simulator/simulator';
import { readRawDescription } from '../../support/raw-history';
import { drawPeople, type Person } from './person';
import { persistently } from './temporal-patience';

/** So few that most of them change their title, leave and come back in a soak. */
const REGULARS = 60;
/** In so many of a hundred rounds two runs are started at once, or an operator ends one. */
const TWINS = 0.06;
const CANCELLED = 0.06;
const TERMINATED = 0.05;
/** Milliseconds after the start within which an operator comes; about as long as a run takes. */
const OPERATOR_COMES = 2_000;

export interface StartedRun {
  readonly workflowId: string;
  /** Whom the partner had to offer while it ran. */
  readonly people: readonly Person[];
}

export interface LaneOptions {
  readonly partner: string;
  readonly feed: Feed;
  readonly simulator: Simulator;
  readonly client: Client;
  readonly taskQueue: string;
  readonly random: Random;
}

/** One partner, whose runs follow one another; each finds other people there. */
export class Lane {
  readonly started: StartedRun[] = [];
  /** What Temporal told of runs while they went on, raw. */
  readonly descriptions: Buffer[] = [];
  private answers = 0;

  constructor(readonly options: LaneOptions) {}

  /** Starts a run, or two at once, and waits for their end. */
  async round(): Promise<void> {
    const { random } = this.options;
    const people = this.offerPeople();
    const [handle, ...twins] = await Promise.all([
      this.start(people),
      ...(random() < TWINS ? [this.start(people)] : []),
    ]);
    const operator = this.sendOperator(handle, random(), random() * OPERATOR_COMES);
    await Promise.all([operator, ...[handle, ...twins].map(endOf)]);
  }

  /** One run that nobody disturbs. */
  async lastRun(): Promise<void> {
    await endOf(await this.start(this.offerPeople()));
  }

  private offerPeople(): Person[] {
    this.answers += 1;
    const people = drawPeople(this.options.partner, this.answers, REGULARS, this.options.random);
    this.options.simulator.configure({ people: people.map((one) => ({ ...one })), recordsPerAnswer: 10 });
    return people;
  }

  private async start(people: readonly Person[]): Promise<WorkflowHandle> {
    const { client, taskQueue, partner } = this.options;
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
      // The first try had reached Temporal; only its answer was lost.
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      return client.workflow.getHandle(workflowId);
    }
  }

  /** An operator looks at the run while it goes on, and now and then cancels or terminates it. */
  private async sendOperator(handle: WorkflowHandle, mood: number, afterMs: number): Promise<void> {
    await sleep(afterMs);
    this.descriptions.push(await persistently(() => readRawDescription(this.options.client, handle)));
    if (mood < CANCELLED) await persistently(() => unlessEnded(() => handle.cancel()));
    else if (mood < CANCELLED + TERMINATED) await persistently(() => unlessEnded(() => handle.terminate()));
  }
}

async function endOf(handle: WorkflowHandle): Promise<void> {
  await persistently(() =>
    handle.result().catch((error) => {
      if (!(error instanceof WorkflowFailedError)) throw error;
    }),
  );
}

/** A run that has ended meanwhile cannot be ended by an operator. */
async function unlessEnded(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}
