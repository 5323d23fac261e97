import type { CheckedAnswer } from '../contract/sync';
import { createAnswerCheck } from './check-answer';
import { checkEnvelope } from './check-envelope';
import { requestChecksum } from './checksum';
import type { Partner } from './partner';
import { PartnerFailure } from './partner-failure';
import { readRecords } from './read-answer';
import { type CallProgress, requestPartner } from './request';

/** The partner's two endpoints. Each method makes exactly one call, fills in `progress`, and never retries. */
export interface PartnerClient {
  /** @returns a token; it kills the one before, whoever asked for that */
  authenticate(progress: CallProgress, signal: AbortSignal): Promise<string>;
  /** @returns the records of a complete answer, checked against the partner's entry in partners.yaml */
  fetchProviders(token: string, progress: CallProgress, signal: AbortSignal): Promise<CheckedAnswer>;
}

/** @throws PartnerFailure, from both methods, for everything but a good answer */
export function createPartnerClient(partner: Partner): PartnerClient {
  const checkAnswer = createAnswerCheck(partner);
  return {
    async authenticate(progress, signal) {
      const response = await requestPartner(
        partner,
        { path: partner.auth.path, sendsToken: false },
        progress,
        signal,
      );
      const { tokenHeader } = partner.auth;
      const [token, ...others] = new Set(response.header(tokenHeader));
      if (!token) throw new PartnerFailure('IncompleteResponse', `no token in the header ${tokenHeader}`);
      if (others.length > 0) {
        throw new PartnerFailure('IncompleteResponse', `two different tokens in the header ${tokenHeader}`);
      }
      return token;
    },

    async fetchProviders(token, progress, signal) {
      const { path, checksumHeader } = partner.providers;
      const checksum = requestChecksum(token, new URL(`${partner.baseUrl}${path}`).pathname);
      const response = await requestPartner(
        partner,
        { path, headers: { [checksumHeader]: checksum }, sendsToken: true },
        progress,
        signal,
      );
      const { records, envelope } = readRecords(response.body, partner.providers);
      const answer = checkAnswer(records);
      const remarks = checkEnvelope(envelope, response.header, records.length);
      return { ...answer, remarks: [...remarks, ...answer.remarks] };
    },
  };
}
