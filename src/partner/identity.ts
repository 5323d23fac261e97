import { createHash } from 'node:crypto';

/**
 * The key under which two records count as the same provider: the values of the identity fields after NFKC,
 * case folding and collapsing of white space, hashed so that its length is bounded.
 *
 * @returns SHA-256 in hex
 */
export function identityKey(values: readonly string[]): string {
  return createHash('sha256')
    .update(JSON.stringify(values.map(normalise)))
    .digest('hex');
}

/** One value as it is compared. */
export function normalise(value: string): string {
  return foldCase(value.normalize('NFKC')).normalize('NFKC').replace(/\s+/gu, ' ').trim();
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
