import type { Rejection } from '../../contract/answer';
import { isStorableText } from './storable';

/** The reason why a field cannot be used. */
export interface TextFault {
  readonly reason: Rejection;
}

/** A visible character: not white space, control, unassigned or invisible. */
const VISIBLE = /[^\p{Z}\p{C}\p{Default_Ignorable_Code_Point}]/u;

/** Visible ASCII characters, with spaces only between them. */
const PLAIN = /^[!-~](?:[ -~]*[!-~])?$/;

/** A field in the stored form: trimmed and in NFC. */
export function readText(value: unknown, maxLength: number): string | TextFault {
  if (value === undefined) return { reason: 'MissingField' };
  if (value === null) return { reason: 'NullField' };
  if (typeof value !== 'string') return { reason: 'NotText' };
  // Most values are of this kind, and are stored as they are.
  const isPlain = PLAIN.test(value);
  if (!isPlain && !isStorableText(value)) return { reason: 'InvalidCharacter' };
  const text = isPlain ? value : value.trim().normalize('NFC');
  if (!isPlain && !VISIBLE.test(text)) return { reason: 'BlankField' };
  return text.length > maxLength ? { reason: 'TooLong' } : text;
}

/** A field that may be missing, null or blank, all of which are stored as null. */
export function readOptionalText(value: unknown, maxLength: number): string | null | TextFault {
  const isBlank = typeof value === 'string' && isStorableText(value) && !VISIBLE.test(value);
  return value === undefined || value === null || isBlank ? null : readText(value, maxLength);
}

/** A field of the identity: a text, or a number such as an id. */
export function readIdentity(value: unknown, maxLength: number): string | TextFault {
  return readText(Number.isSafeInteger(value) ? String(value) : value, maxLength);
}
