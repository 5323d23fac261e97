import { createHash } from 'node:crypto';
import { folded } from './folded';

/** A clinic as a partner writes it. */
export interface Clinic {
  readonly partner: string;
  readonly name: string;
}

/** The key of a clinic in hexadecimal, the same as {@link CLINIC_KEY}: SHA-256 of `partner:name` in UTF-8. */
export function clinicKey({ partner, name }: Clinic): string {
  return createHash('sha256').update(`${partner}:${name}`).digest('hex');
}

export function isClinicKey(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

/**
 * The SQL for the key of a provider's clinic, as bytes. It uses `decode`, which is immutable as an index requires;
 * `convert_to` is not. `decode` interprets backslashes, so they are doubled. A change of this expression, or of those
 * below, needs a migration of the indexes.
 */
export const CLINIC_KEY = String.raw`sha256(decode(replace(partner || ':' || clinic, '\', '\\'), 'escape'))`;

/** The SQL for the position of a provider's clinic among all clinics: by name, and unique. */
export const CLINIC_POSITION = `(${folded('clinic')} || chr(9) || encode(${CLINIC_KEY}, 'hex')) COLLATE "C"`;

/**
 * Matches providers whose clinic name equals the parameter, ignoring case, accents and punctuation. The index alone
 * answers a range, while LIKE would be evaluated again for each row.
 */
export function isAtClinicNamed(parameter: string): string {
  const name = folded(parameter);
  return `${CLINIC_POSITION} >= ${name} || chr(9) AND ${CLINIC_POSITION} < ${name} || chr(10)`;
}
