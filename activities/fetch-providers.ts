import { Context } from '@temporalio/activity';
import type { Activities } from '../src/contract/activities';
import { TIMEOUTS } from '../src/contract/timeouts';
import type { CheckedSlice } from '../src/partner/answer/checked-page';
import { PartnerFailure } from '../src/partner/call/partner-failure';
import { needsToken } from '../src/partner/config/request-scope';
import { PageCopy } from '../src/store/answers/copy-page';
import { waitForStore } from '../src/store/staging/wait-for-store';
import { callPartner, findForCall } from './call-partner';
import type { Dependencies } from './dependencies';
import { PageIntake } from './page-intake';

/**
 * Gets and checks one page of the partner's records. Each attempt makes one call. A small answer with one page is the
 * result; if it must not be stored, the result holds only its rejected records. Every other page is staged in Postgres,
 * with its calls. If that is expected, the attempt waits for Postgres before its call.
 */
export function createFetchProviders(dependencies: Dependencies): Activities['fetchProviders'] {
  const { dataSource, findPartner } = dependencies;
  return async (input) => {
    const { runId, token, after, since = null, needsStaging = false, earlierCalls = [] } = input;
    const found = findForCall(findPartner, 'providers', input, after?.mappingHash);
    const { partner, client } = found;
    const page = (after?.pages ?? 0) + 1;
    const cursor = after?.next ?? null;
    const log = dependencies.log.child({ partner: partner.name, run: runId, page });
    const within = TIMEOUTS.saveStatement + partner.deadline;
    const intake = new PageIntake({
      ...{ ...found, dataSource, log, signal: Context.current().cancellationSignal },
      page: { runId, partner: partner.name, page, cursor, within },
      copy: partner.keepAnswers > 0 ? new PageCopy(dependencies.payloadKeys[0], { runId, page }) : null,
    });
    // A call that was staged with its page is already in the ledger.
    let isStaged = false;
    const recordCall: Dependencies['recordCall'] = (...call) => {
      if (!isStaged) dependencies.recordCall(...call);
    };
    const call = callPartner(
      { ...dependencies, recordCall },
      'providers',
      input,
      partner,
      async (progress, signal, answered) => {
        if (token === null && needsToken(partner)) {
          throw new PartnerFailure('TokenRejected', 'the partner needs a token');
        }
        const request = { token, cursor, since };
        const receive = (slice: CheckedSlice) => intake.add(slice);
        const end = await client.fetchPage(request, progress, signal, receive, intake.copier);
        const kept = await intake.finish(end, [...earlierCalls, ...answered()]);
        isStaged = 'staged' in kept;
        return kept;
      },
      page > 1 || needsStaging ? (signal) => waitForStore(dataSource, runId, log, signal) : undefined,
    );
    const { value, report } = await call.finally(() => intake.abort());
    return { ...value, ...report };
  };
}
