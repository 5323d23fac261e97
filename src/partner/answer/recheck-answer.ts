import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import {
  type CheckedAnswer,
  type CheckedProvider,
  REJECTIONS,
  type RefusedAnswer,
} from '../../contract/answer';
import { NamedFailure } from '../../contract/named-failure';
import { REMARKS } from '../../contract/remarks';
import type { Partner } from '../config/partner';
import { createProviderRecheck } from './recheck-provider';
import { isStorableText, MAX_RECORD_LENGTH } from './storable';

/** Records checked in one turn of the event loop, so that heartbeats and other runs get their turns. */
const SLICE = 500;
/** The end of a raw record that was cut; it states the original length. */
const MAX_RAW_LENGTH = MAX_RECORD_LENGTH + 100;

const count = z.int().nonnegative();
const text = z.string().refine(isStorableText);
const refusedSchema = z.object({
  received: count,
  duplicates: count,
  rejected: z.array(
    z.object({
      position: count,
      reason: z.enum(Object.keys(REJECTIONS)),
      field: text.nullable(),
      raw: text.refine(({ length }) => length <= MAX_RAW_LENGTH),
    }),
  ),
  unknownFields: z.array(text),
  vanishedFields: z.array(text),
  sentFields: z.array(text).optional(),
  remarks: z
    .array(z.object({ type: z.enum(Object.keys(REMARKS)), field: text, count: count.nullable() }))
    .optional(),
});
/**
 * Checks an answer again before it is stored, because it came through Temporal. Each provider must be one that the check
 * of the partner's answers can return.
 *
 * @returns the answer with new identity keys. A key is kept as it was sent if the identity has an expression, because
 *   only the partner's record has its value.
 * @throws NamedFailure `InvalidResult`, without any value of the answer
 */
export async function recheckAnswer(partner: Partner, answer: CheckedAnswer): Promise<CheckedAnswer> {
  const { received, duplicates, rejected, providers } = answer;
  if (!isRefusedAnswer(answer) || !Array.isArray(providers)) {
    throw invalid('The answer to store has another shape.');
  }
  if (providers.length + duplicates + rejected.length !== received) {
    throw invalid('The counts of the answer to store do not add up.');
  }
  const recheck = createProviderRecheck(partner);
  const rechecked: CheckedProvider[] = [];
  for (let start = 0; start < providers.length; start += SLICE) {
    rechecked.push(...providers.slice(start, start + SLICE).map(recheck));
    await setImmediate();
  }
  if (new Set(rechecked.map(({ identityKey }) => identityKey)).size < rechecked.length) {
    throw invalid('The answer to store has one provider twice.');
  }
  return { ...answer, providers: rechecked };
}

/** Whether the parts of a refused answer that a run keeps have the shape that the check returns. */
export function isRefusedAnswer(answer: RefusedAnswer): boolean {
  return refusedSchema.safeParse(answer).success;
}

function invalid(message: string): NamedFailure {
  return new NamedFailure('InvalidResult', message);
}
