import { CancellationScope, isCancellation, TemporalFailure } from '@temporalio/workflow';
import type { Activities, ContinuedRun, OpenRunInput } from '../src/contract/activities';
import { PARTNER_NAME } from '../src/contract/names';
import { isOpening } from '../src/contract/results';
import type { Start } from './input';
import { retryElsewhere } from './retry-elsewhere';
import { hasFailed, isForAnotherWorker, RunFailed, toRunFailure } from './run-failure';
import { openRun, openRunAnywhere } from './steps';
import type { Story } from './story';
import { takeResult } from './take-result';

type Opening = Awaited<ReturnType<Activities['openRun']>>;

interface Claim {
  readonly opening: Opening;
  /** The run that continues; null for a new one. */
  readonly continued: ContinuedRun | null;
}

/**
 * Claims the partner for a new run, or keeps the claim of the run that continues.
 *
 * @throws TemporalFailure with which the workflow ends
 */
export async function claimPartner({ opening: start, continued }: Start, story: Story): Promise<Claim> {
  try {
    const kept = continued && (await keepClaim(start, continued));
    return kept ? { opening: kept, continued } : { opening: await claim(start, story), continued: null };
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    throw isCancellation(error) ? error : new RunFailed(toRunFailure(error, start.partner ?? '', []));
  }
}

async function claim(start: OpenRunInput, story: Story): Promise<Opening> {
  const opening = await retryElsewhere(
    ({ isFirst, isLast }) => {
      const opening = { ...start, scheduledAt: new Date().toISOString() };
      return isFirst ? openRun(opening) : openRunAnywhere({ ...opening, isLastTry: isLast });
    },
    (error) => isForAnotherWorker(error) && PARTNER_NAME.test(start.partner ?? ''),
    () => story.waitingFor(start.partner),
  );
  return takeResult('openRun', opening, isOpening);
}

/**
 * Moves the claim from the Temporal run before to this one. If the run is cancelled meanwhile, this must end first:
 * only then can the run be closed.
 *
 * @returns null after a reset, which makes this a new run
 */
async function keepClaim(start: OpenRunInput, { run }: ContinuedRun): Promise<Opening | null> {
  try {
    const opening = await CancellationScope.nonCancellable(() => openRun({ ...start, continues: run }));
    return takeResult('openRun', opening, isOpening);
  } catch (error) {
    if (hasFailed(error, 'RunReset', run)) return null;
    throw error;
  }
}
