import type { CheckedAnswer, CheckedProvider, Json, RejectedRecord } from '../../contract/answer';
import type { Partner } from '../config/partner';
import type { JsonObject } from './attributes';
import { createRecordCheck, type RecordFault } from './check-record';
import { FieldNotes } from './field-notes';
import { compileMapping } from './mapping';
import { toRawText } from './storable';
import { TextRemarks } from './text-remarks';
import { areTwins } from './twins';

/** Creates the check of a partner's answers from its entry in partners.yaml. */
export function createAnswerCheck(
  partner: Partner,
): (records: readonly unknown[]) => Required<CheckedAnswer> {
  const mapping = compileMapping(partner);
  const checkRecord = createRecordCheck(partner, mapping);

  return (records) => {
    const rejected: RejectedRecord[] = [];
    const reject = (position: number, { reason, field }: RecordFault) =>
      rejected.push({ position, reason, field, raw: toRawText(records[position] as Json) });

    const fields = new FieldNotes(mapping);
    const texts = new TextRemarks(fields.names);
    const sameIdentity = new Map<string, { position: number; provider: CheckedProvider }[]>();
    for (const [position, record] of records.entries()) {
      if (isObject(record)) fields.add(record);
      const checked = checkRecord(record);
      if ('reason' in checked) {
        reject(position, checked);
        continue;
      }
      const { provider, sent } = checked;
      texts.add(sent);
      const twins = sameIdentity.get(provider.identityKey);
      if (twins) twins.push({ position, provider });
      else sameIdentity.set(provider.identityKey, [{ position, provider }]);
    }

    const providers: CheckedProvider[] = [];
    let duplicates = 0;
    for (const twins of sameIdentity.values()) {
      const [first, ...others] = twins as [(typeof twins)[0], ...typeof twins];
      if (others.every(({ provider }) => areTwins(provider, first.provider))) {
        providers.push(first.provider);
        duplicates += others.length;
      } else {
        for (const { position } of twins) reject(position, { reason: 'ConflictingDuplicate', field: null });
      }
    }
    rejected.sort((a, b) => a.position - b.position);
    const { unknownFields, sentFields, vanishedFields } = fields;
    const { remarks } = texts;
    const counts = { received: records.length, duplicates };
    return { ...counts, providers, rejected, remarks, unknownFields, sentFields, vanishedFields };
  };
}

function isObject(value: unknown): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
