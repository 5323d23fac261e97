import { parentPort, workerData } from 'node:worker_threads';
import type { CheckedProvider, RejectedRecord } from '../../contract/answer';
import type { AnswerHeaders } from '../call/answer-headers';
import { PartnerFailure, type PartnerFailureType } from '../call/partner-failure';
import type { Partner } from '../config/partner';
import { createEvaluation, type EvaluatedAnswer } from './evaluate-answer';

/** The input of the thread. */
export interface ThreadInput {
  readonly partner: Partner;
  readonly headers: AnswerHeaders;
  readonly body: Uint8Array;
}

/** The thread sends a failure, or one part of the answer for each request. The last part has the other fields. */
export type ThreadMessage =
  | { readonly failure: { readonly type: PartnerFailureType; readonly message: string } }
  | {
      readonly providers: readonly CheckedProvider[];
      readonly rejected: readonly RejectedRecord[];
      readonly rest?: EvaluatedAnswer;
    };

/** Records in one message, which the receiver reads in one turn. */
const PART = 1_000;

function* inParts({ answer, unusable }: EvaluatedAnswer): Generator<ThreadMessage> {
  const { providers, rejected } = answer;
  let start = 0;
  for (; start + PART < Math.max(providers.length, rejected.length); start += PART) {
    yield { providers: providers.slice(start, start + PART), rejected: rejected.slice(start, start + PART) };
  }
  const rest = { answer: { ...answer, providers: [], rejected: [] }, unusable };
  yield { providers: providers.slice(start), rejected: rejected.slice(start), rest };
}

function* evaluate(): Generator<ThreadMessage> {
  const { partner, headers, body } = workerData as ThreadInput;
  try {
    yield* inParts(createEvaluation(partner)(headers, body));
  } catch (error) {
    if (!(error instanceof PartnerFailure)) throw error;
    yield { failure: { type: error.type, message: error.message } };
  }
}

const parts = evaluate();
parentPort?.on('message', () => parentPort?.postMessage(parts.next().value));
