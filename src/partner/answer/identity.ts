import { createHash } from 'node:crypto';

/** Characters that are not shown. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}+/gu;

/**
 * The key under which two records count as the same provider: the values of the identity fields as
 * {@link normalise} compares them, hashed so that its length is bounded.
 *
 * @returns SHA-256 in hex
 */
export function identityKey(values: readonly string[]): string {
  return createHash('sha256')
    .update(JSON.stringify(values.map(normalise)))
    .digest('hex');
}

/**
 * One value as it is compared: two texts are equal where Unicode's NFKC_Casefold is, apart from the amount of
 * white space.
 */
export function normalise(value: string): string {
  const visible = value.replace(INVISIBLE, '');
  return foldCase(visible.normalize('NFKC')).normalize('NFKC').replace(/\s+/gu, ' ').trim();
}

/**
 * Full case folding (Unicode, CaseFolding.txt: C and F). Going down, up and down again folds what one step
 * leaves apart (ẞ, ß and ss; the Greek sigmas). Upper-casing alone would take the dotless ı for an i.
 */
function foldCase(value: string): string {
  return value
    .split('ı')
    .map((part) => part.toLowerCase().toUpperCase().toLowerCase().replaceAll('ς', 'σ'))
    .join('ı');
}
