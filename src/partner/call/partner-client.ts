import { createHash } from 'node:crypto';
import { createEvaluation, type EvaluatedAnswer } from '../answer/evaluate-answer';
import { evaluateInThread } from '../answer/evaluate-in-thread';
import type { Partner } from '../config/partner';
import { valuesOf } from './answer-headers';
import { PartnerFailure } from './partner-failure';
import { type CallProgress, readWhole, requestPartner } from './request';

/** Answers up to this many bytes are checked faster than a thread starts. */
const LARGEST_AT_ONCE = 32 * 1024;

/** The partner's two endpoints. Each method makes exactly one call, fills in `progress`, and never retries. */
export interface PartnerClient {
  /** @returns a new token; the partner invalidates the previous one, also if another program requested it */
  authenticate(progress: CallProgress, signal: AbortSignal): Promise<string>;
  /** @returns the records of a complete answer, checked against the partner's entry in partners.yaml */
  fetchProviders(token: string, progress: CallProgress, signal: AbortSignal): Promise<EvaluatedAnswer>;
}

/** @throws PartnerFailure, from both methods, unless the answer is good */
export function createPartnerClient(partner: Partner): PartnerClient {
  const { path: authPath, tokenHeader } = partner.auth ?? {};
  const { path, checksumHeader } = partner.providers;
  if (authPath === undefined || tokenHeader === undefined || checksumHeader === undefined) {
    throw new Error(`The requests of ${partner.name} cannot be built.`);
  }
  const evaluate = createEvaluation(partner);
  return {
    async authenticate(progress, signal) {
      const headers = await requestPartner(
        partner,
        { path: authPath, sendsToken: false },
        progress,
        signal,
        async (response) => {
          await readWhole(response.body);
          return response.headers;
        },
      );
      const [token, ...others] = new Set(valuesOf(headers, tokenHeader));
      if (!token) throw new PartnerFailure('IncompleteResponse', `no token in the header ${tokenHeader}`);
      if (others.length > 0) {
        throw new PartnerFailure('IncompleteResponse', `two different tokens in the header ${tokenHeader}`);
      }
      return token;
    },

    async fetchProviders(token, progress, signal) {
      const checksum = requestChecksum(token, new URL(`${partner.baseUrl}${path}`).pathname);
      const { headers, body } = await requestPartner(
        partner,
        { path, headers: { [checksumHeader]: checksum }, sendsToken: true },
        progress,
        signal,
        async (response) => ({ ...response, body: await readWhole(response.body) }),
      );
      return body.length > LARGEST_AT_ONCE
        ? evaluateInThread({ partner, headers, body }, signal)
        : evaluate(headers, body);
    },
  };
}

/**
 * The value of the checksum header: SHA-256 (hex) of the token followed by the request's path. For `12345` and
 * `/providers` it is `bf6fa075e6d9…`.
 */
export function requestChecksum(token: string, path: string): string {
  return createHash('sha256').update(`${token}${path}`).digest('hex');
}
