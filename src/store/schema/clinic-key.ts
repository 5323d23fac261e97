import { createHash } from 'node:crypto';
import { folded } from './folded';

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
 * index wants it; it would read backslashes. Indexes do not follow a change of this or of what is below: that
 * takes another migration.
 */
export const CLINIC_KEY = String.raw`sha256(decode(replace(partner || ':' || clinic, '\', '\\'), 'escape'))`;

/** The SQL for where a provider's clinic stands among all: by name, and unlike any other. */
export const CLINIC_POSITION = `(${folded('clinic')} || chr(9) || encode(${CLINIC_KEY}, 'hex')) COLLATE "C"`;

/**
 * The condition that a provider's clinic has the name of a parameter, but for what is not compared. As a range it
 * is answered by the index alone, where LIKE would be worked out again for each row.
 */
export function isPlacedLike(parameter: string): string {
  const name = folded(parameter);
  return `${CLINIC_POSITION} >= ${name} || chr(9) AND ${CLINIC_POSITION} < ${name} || chr(10)`;
}
