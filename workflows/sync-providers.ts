import { isCancellation, TemporalFailure } from '@temporalio/workflow';
import type { OpenRunInput } from '../src/contract/activities';
import { DEFAULT_PARTNER, PARTNER_NAME } from '../src/contract/names';
import { isOpening } from '../src/contract/results';
import type { SyncInput, SyncResult } from '../src/contract/run';
import { Approval } from './approval';
import { readStart } from './input';
import { retryWhileUnknown } from './retry-while-unknown';
import { hasFailed, isPartnerUnknown, RunFailed, toRunFailure } from './run-failure';
import { SearchableOutcome } from './searchable-outcome';
import { openRun, openRunAnywhere } from './steps';
import { Story } from './story';
import { SyncRun } from './sync-run';
import { takeResult } from './take-result';

/**
 * One sync of a partner's providers into the directory.
 *
 * @param input nothing, null, or `{ partner }`
 * @throws ApplicationFailure whose type is a name of the failure table, if the run failed
 */
export async function syncProviders(input?: SyncInput | null, ...rest: unknown[]): Promise<SyncResult> {
  const { opening, ...visible } = await open(readStart(input, rest));
  if (opening.status === 'skipped') {
    const { id, holder } = opening;
    visible.outcome.set('skipped');
    visible.story.end(`Skipped: ${holder.workflowId} already syncs ${visible.partner}`);
    return { status: 'skipped', id, partner: visible.partner, holder };
  }

  const run = new SyncRun(opening, visible);
  try {
    const answer = await run.authenticateAndFetch();
    const counts = await run.persist(answer);
    return run.succeed(counts);
  } catch (error) {
    // A failure that Temporal reports ends the run. A defect in this code fails the workflow task until it is fixed.
    if (!(error instanceof TemporalFailure)) throw error;
    if (hasFailed(error, 'RunReset', opening)) return reopen(input, rest);
    return run.close(error);
  }
}

/** After a reset this is another Temporal run than the one that claimed the partner: it begins again as a new run. */
function reopen(input: SyncInput | null | undefined, rest: readonly unknown[]): Promise<SyncResult> {
  return syncProviders(input, ...rest);
}

/** Claims the partner and records the run as running, or as skipped if another run holds the partner. */
async function open(start: OpenRunInput) {
  const story = new Story();
  story.now(`Claiming ${start.partner ?? 'the partner'}`);
  const { searchable, ...opening } = await claim(start, story);
  const partner = opening.partner?.name ?? start.partner ?? DEFAULT_PARTNER;
  const outcome = new SearchableOutcome(searchable, partner, start.trigger);
  return { opening, partner, story, outcome, approval: new Approval(outcome, story) };
}

async function claim(start: OpenRunInput, story: Story) {
  try {
    const opening = await retryWhileUnknown(
      ({ isFirst, isLast }) => (isFirst ? openRun(start) : openRunAnywhere({ ...start, isLastTry: isLast })),
      (error) => isPartnerUnknown(error) && PARTNER_NAME.test(start.partner ?? ''),
      () => story.waitingFor(start.partner),
    );
    return takeResult('openRun', opening, isOpening);
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    throw isCancellation(error) ? error : new RunFailed(toRunFailure(error, start.partner ?? '', []));
  }
}
