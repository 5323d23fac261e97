import type { Activities } from '../src/contract/activities';
import { AnswerCollector } from '../src/partner/answer/collect-answer';
import { PartnerFailure } from '../src/partner/call/partner-failure';
import { needsToken } from '../src/partner/config/request-scope';
import { callPartner, findForCall } from './call-partner';
import type { Dependencies } from './dependencies';

/**
 * Gets and checks the partner's records. Each attempt makes one call. If the answer must not be stored, the result
 * holds only its rejected records.
 */
export function createFetchProviders(dependencies: Dependencies): Activities['fetchProviders'] {
  return async (input) => {
    const { partner, client } = findForCall(dependencies.findPartner, 'providers', input);
    const { value, report } = await callPartner(
      dependencies,
      'providers',
      input,
      partner,
      async (progress, signal) => {
        if (input.token === null && needsToken(partner)) {
          throw new PartnerFailure('TokenRejected', 'the partner needs a token');
        }
        const collector = new AnswerCollector(partner);
        const request = { token: input.token, cursor: null, since: null };
        const end = await client.fetchPage(request, progress, signal, (slice) => collector.add(slice));
        return collector.finish(end);
      },
    );
    return { ...value, ...report };
  };
}
