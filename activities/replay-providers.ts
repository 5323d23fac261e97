import { Context } from '@temporalio/activity';
import type { Activities, ReplayProvidersInput } from '../src/contract/activities';
import { TIMEOUTS } from '../src/contract/timeouts';
import { PartnerFailure } from '../src/partner/call/partner-failure';
import { countPages, openPage, requireAnswer } from '../src/store/answers/read-answer';
import { refuseAfterReset } from './call-partner';
import { type Dependencies, findUnchanged } from './dependencies';
import { PageIntake } from './page-intake';
import { stepFailure } from './step-failure';
import { withHeartbeats } from './with-heartbeats';

/** Reads and checks one page of the answer of an earlier run, as today's partners.yaml says. No call is made. */
export function createReplayProviders(dependencies: Dependencies): Activities['replayProviders'] {
  return async (input) => {
    const activity = Context.current();
    refuseAfterReset(activity, input);
    const report = { runId: input.runId, calls: [] };
    try {
      const page = await withHeartbeats(
        () => readAgain(dependencies, input, activity.cancellationSignal),
        () => report,
      );
      return { ...page, ...report };
    } catch (error) {
      // The same bytes fail again.
      const isFinal = error instanceof PartnerFailure;
      throw stepFailure(activity, report, error, isFinal ? { nonRetryable: true } : {});
    }
  };
}

type ReadAgain = Awaited<ReturnType<PageIntake['finish']>>;

async function readAgain(
  { dataSource, findPartner, payloadKeys, ...dependencies }: Dependencies,
  { runId, partner: name, replayOf, after }: ReplayProvidersInput,
  signal: AbortSignal,
): Promise<ReadAgain> {
  const { partner, readPage, mappingHash } = findUnchanged(findPartner, name, after?.mappingHash);
  await requireAnswer(dataSource, { runId: replayOf, partner: name, feed: partner.feed });
  const pages = await countPages(dataSource, replayOf);
  const page = (after?.pages ?? 0) + 1;
  const log = dependencies.log.child({ partner: name, run: runId, page });
  const { head, body } = await openPage(dataSource, payloadKeys, { runId: replayOf, page });
  const cursor = after?.next ?? null;
  const intake = new PageIntake({
    ...{ dataSource, log, partner, mappingHash, signal, copy: null },
    page: { runId, partner: name, page, cursor, within: TIMEOUTS.saveStatement },
  });
  try {
    const url = new URL(head.address, partner.baseUrl);
    const arriving = { url, isFirst: page === 1, headers: head.headers, body };
    const end = await readPage(arriving, (slice) => intake.add(slice));
    return await intake.finish({ ...end, next: page < pages ? String(page + 1) : null }, []);
  } finally {
    await intake.abort();
  }
}
