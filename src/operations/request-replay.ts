import { NamedFailure } from '../contract/named-failure';
import { requireAnswer } from '../store/answers/read-answer';
import { linkRun } from '../store/runs/link-run';
import type { Run } from '../store/runs/run-row';
import type { OperationContext } from './context';
import { findHolder, type SyncNotStarted, type SyncRequest, type SyncRequested, start } from './request-sync';

/** The start of a run that stores the answer of an earlier run again. */
interface Replay {
  readonly partner: string;
  /** Our id of the run whose answer is replayed. */
  readonly replay: string;
}

/**
 * Finds what a replay of a run would read.
 *
 * @param run the earlier run, or a replay of it
 */
export async function findReplay(
  { partners, dataSource }: Pick<OperationContext, 'partners' | 'dataSource'>,
  run: Pick<Run, 'id' | 'partner' | 'replayOf' | 'traceId' | 'runId'>,
): Promise<Replay | SyncNotStarted> {
  const { id, partner, replayOf } = run;
  linkRun(run);
  const replay = replayOf ?? id;
  const entry = partners.get(partner);
  if (!entry) return { outcome: 'unknown partner', known: [...partners.keys()] };
  try {
    await requireAnswer(dataSource, { runId: replay, partner, feed: entry.feed });
  } catch (error) {
    if (!(error instanceof NamedFailure)) throw error;
    return { outcome: 'no answer', reason: error.message };
  }
  return { partner, replay };
}

/** Starts a run that stores the answer of an earlier run again, unless a run of the partner is running. */
export async function requestReplay(
  context: OperationContext,
  run: Pick<Run, 'id' | 'partner' | 'replayOf' | 'traceId' | 'runId'>,
  request: Pick<SyncRequest, 'trigger' | 'startedBy' | 'requestId'>,
): Promise<SyncRequested> {
  const replay = await findReplay(context, run);
  if ('outcome' in replay) return replay;
  return (await findHolder(context, replay.partner)) ?? start(context, { ...request, ...replay });
}
