import { TemporalFailure } from '@temporalio/workflow';
import { DEFAULT_PARTNER } from '../src/contract/names';
import type { SyncInput, SyncResult } from '../src/contract/run';
import { Approval } from './approval';
import { claimPartner } from './claim-partner';
import { readStart, type Start } from './input';
import { hasFailed } from './run-failure';
import { SearchableOutcome } from './searchable-outcome';
import { Story } from './story';
import { SyncRun } from './sync-run';

/**
 * One sync of a partner's providers into the directory.
 *
 * @param input nothing, null, or `{ partner }`
 * @throws ApplicationFailure whose type is a name of the failure table, if the run failed
 */
export async function syncProviders(input?: SyncInput | null, ...rest: unknown[]): Promise<SyncResult> {
  const { opening, continued, ...visible } = await open(readStart(input, rest));
  if (opening.status === 'skipped') {
    const { id, holder } = opening;
    visible.outcome.set('skipped');
    visible.story.end(`Skipped: ${holder.workflowId} already syncs ${visible.partner}`);
    return { status: 'skipped', id, partner: visible.partner, holder };
  }

  const run = new SyncRun(opening, visible, continued);
  try {
    const answer = await run.fetch();
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
async function open(start: Start) {
  const { partner: asked, trigger } = start.opening;
  const story = new Story();
  story.now(`Claiming ${asked ?? 'the partner'}`);
  const {
    opening: { searchable, ...opening },
    continued,
  } = await claimPartner(start, story);
  const partner = opening.partner?.name ?? asked ?? DEFAULT_PARTNER;
  const outcome = new SearchableOutcome(searchable, partner, trigger);
  return { opening, continued, partner, story, outcome, approval: new Approval(outcome, story) };
}
