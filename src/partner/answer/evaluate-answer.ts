import type { WholeAnswer } from '../../contract/activities';
import type { AnswerHeaders } from '../call/answer-headers';
import type { Partner } from '../config/partner';
import { assertCarriable } from './carriable';
import { createAnswerCheck } from './check-answer';
import { checkEnvelope } from './check-envelope';
import { readRecords } from './read-answer';
import { explainUnusable } from './unusable-answer';

/** A checked answer, and the reason why it must not be stored; null if it can be. With a reason, it has no providers. */
export type EvaluatedAnswer = Required<WholeAnswer>;

/**
 * Creates the function that reads a 200 answer of the providers endpoint and checks it against the partner's entry in
 * partners.yaml. It throws PartnerFailure unless the answer is a complete list that Temporal can carry.
 */
export function createEvaluation(
  partner: Partner,
): (headers: AnswerHeaders, body: Uint8Array) => EvaluatedAnswer {
  const check = createAnswerCheck(partner);
  return (headers, body) => {
    const { records, envelope } = readRecords(body, partner.providers);
    const checked = check(records);
    const unusable = explainUnusable(checked, partner.providers);
    const answer = {
      ...checked,
      providers: unusable === null ? checked.providers : [],
      remarks: [...checkEnvelope(envelope, headers, records.length), ...checked.remarks],
    };
    assertCarriable(answer);
    return { answer, unusable };
  };
}
