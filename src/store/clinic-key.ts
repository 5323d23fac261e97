import { createHash } from 'node:crypto';

/** A clinic as a partner writes it. */
export interface Clinic {
  readonly partner: string;
  readonly name: string;
}

/** Names a clinic, in hexadecimal, as {@link CLINIC_KEY} does: SHA-256 of `partner:name` in UTF-8. */
export function clinicKey({ partner, name }: Clinic): string {
  return createHash('sha256').update(`${partner}:${name}`).digest('hex');
}

export function isClinicKey(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

/**
 * The SQL for the key of a provider's clinic, as bytes. Unlike `convert_to`, `decode` is immutable, as an
 * index wants it; it would read backslashes.
 */
export const CLINIC_KEY = String.raw`sha256(decode(replace(partner || ':' || clinic, '\', '\\'), 'escape'))`;
