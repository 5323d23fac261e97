import { setTimeout as sleep } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import type { PruneActivities, PruneTurn, PruneTurnResult } from '../src/contract/prune';
import { TIMEOUTS } from '../src/contract/timeouts';
import { countPrunable, pruneStep } from '../src/store/prune/prune-history';
import type { Dependencies } from './dependencies';
import { failingAsTemporal, workerStopping } from './temporal-failure';
import { withHeartbeats } from './with-heartbeats';

/**
 * Removes old history for some seconds, in small steps. Between two steps it rests for as long as the step took, so that
 * pages and syncs do not wait. An attempt continues where the last heartbeat of the one before was.
 */
export function createPruneHistory(dependencies: Dependencies): PruneActivities['pruneHistory'] {
  return async (turn) => {
    const activity = Context.current();
    const heartbeat = activity.info.heartbeatDetails as PruneTurnResult | undefined;
    let result = heartbeat ?? { removed: 0, isDone: false, ...(turn.after && { after: turn.after }) };
    return withHeartbeats(
      async () => {
        const until = Date.now() + TIMEOUTS.pruneTurn;
        while (!result.isDone && Date.now() < until) {
          const began = Date.now();
          const step = await failingAsTemporal(
            () => takeStep(dependencies, turn, result.after),
            dependencies.log,
          );
          result = { ...step, removed: result.removed + step.removed };
          activity.heartbeat(result);
          await rest(Date.now() - began, activity);
        }
        return result;
      },
      () => result,
    );
  };
}

async function takeStep(
  { dataSource, retention }: Dependencies,
  { what, dryRun, at }: PruneTurn,
  after: PruneTurn['after'],
): Promise<PruneTurnResult> {
  const asked = { what, at: new Date(at), after };
  if (!dryRun) return pruneStep(dataSource, asked, retention);
  return { removed: await countPrunable(dataSource, asked, retention), isDone: true };
}

/** @throws ApplicationFailure if the worker stops or the workflow is cancelled */
async function rest(milliseconds: number, { cancellationSignal }: Context): Promise<void> {
  await failingAsTemporal(() =>
    sleep(milliseconds, undefined, { signal: cancellationSignal }).catch(() => {
      throw workerStopping();
    }),
  );
}
