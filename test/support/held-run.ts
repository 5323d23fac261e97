import { getRun, type RunWithCalls } from '../../src/store/runs/read-runs';
import type { SyncHandle } from '../../src/temporal/runs/start-sync';
import { startSync } from '../../src/temporal/runs/start-sync';
import { person, serving } from './people';
import { until } from './scenario';
import type { System } from './system';

/** Changes to Noteworth's entry: every answer is a whole list and may be short. */
export const SNAPSHOTS = { feed: 'snapshot', providers: { minimumCount: 1 } } as const;

/** People as the partner sends them. */
export const LIST = Array.from({ length: 60 }, (_, number) => person(`Ann ${number}`));

/** Only the first person: all others would be marked as left. */
export const CUT_LIST = LIST.slice(0, 1);

/** A run that waits for approval, since its snapshot would mark 59 of 60 people as left. */
export interface HeldRun {
  readonly handle: SyncHandle;
  readonly run: RunWithCalls;
  /** The run as it is recorded now. */
  read(): Promise<RunWithCalls>;
}

/** Fills the directory, and starts a run that waits for the approval of its snapshot. */
export async function startHeldRun(system: System): Promise<HeldRun> {
  const { client, config, dataSource, simulator } = system;
  await dataSource.query('TRUNCATE sync_runs, providers CASCADE');
  const { outcome } = await system.sync({ providers: [serving(...LIST)] });
  if (outcome.status !== 'succeeded') throw new Error(`the directory was not filled: ${outcome.status}`);
  simulator.reset();
  simulator.script('providers', [serving(...CUT_LIST)]);
  const handle = await startSync(client, config.taskQueue, { partner: 'noteworth', trigger: 'cli' });
  const read = async () => {
    const run = await getRun(dataSource, handle.workflowId);
    if (!run) throw new Error('the run was not recorded');
    return run;
  };
  await until(async () => (await handle.describe()).memo?.awaitingApproval != null);
  return { handle, run: await read(), read };
}

/** The number of people in the directory who have not left. */
export async function countListed({ dataSource }: Pick<System, 'dataSource'>): Promise<number> {
  const [{ count }] = await dataSource.query<[{ count: number }]>(
    'SELECT count(*)::integer AS count FROM providers WHERE listed',
  );
  return count;
}
