import type { Json, RejectedRecord } from '../../contract/answer';
import type { Partner } from '../config/partner';
import type { JsonObject } from './attributes';
import { createRecordCheck, type RecordFault } from './check-record';
import type { CheckedSlice, PageEnd, PlacedProvider } from './checked-page';
import { FieldNotes } from './field-notes';
import { MalformedRecord } from './malformed-record';
import { compileMapping } from './mapping';
import { toRawText } from './storable';
import { TextRemarks } from './text-remarks';

/** Checks the records of one page, slice by slice. */
export interface PageCheck {
  check(records: readonly unknown[]): CheckedSlice;
  /** The number of records so far. */
  readonly received: number;
  /** What the records so far show about the fields. */
  notes(): Pick<PageEnd, 'unknownFields' | 'sentFields' | 'remarks'>;
}

const MALFORMED: RecordFault = { reason: 'Malformed', field: null };

/** Creates the function that begins the check of a page, from the partner's entry in partners.yaml. */
export function createPageCheck(partner: Partner): () => PageCheck {
  const mapping = compileMapping(partner);
  const checkRecord = createRecordCheck(partner, mapping);

  return () => {
    const fields = new FieldNotes(mapping);
    const texts = new TextRemarks(fields.names);
    let received = 0;
    return {
      check(records) {
        const providers: PlacedProvider[] = [];
        const sent: unknown[] = [];
        const rejected: RejectedRecord[] = [];
        for (const record of records) {
          const position = received;
          received += 1;
          const checked = record instanceof MalformedRecord ? MALFORMED : checkRecord(record, position);
          const isMark = 'provider' in checked && checked.provider.departed === true;
          if (isObject(record) && !isMark) fields.add(record);
          if ('reason' in checked) {
            rejected.push({ position, ...checked, raw: rawText(record) });
            continue;
          }
          if (!isMark) texts.add(checked.sent);
          providers.push(checked.provider);
          sent.push(record);
        }
        return { providers, rejected, sent };
      },
      get received() {
        return received;
      },
      notes: () => ({
        unknownFields: fields.unknownFields,
        sentFields: fields.sentFields,
        remarks: texts.remarks,
      }),
    };
  };
}

/** A record as the partner sent it, as JSON text. */
export function rawText(record: unknown): string {
  return toRawText((record instanceof MalformedRecord ? record.sent : record) as Json);
}

function isObject(value: unknown): value is JsonObject {
  const isRecord = value !== null && typeof value === 'object' && !Array.isArray(value);
  return isRecord && !(value instanceof MalformedRecord);
}
