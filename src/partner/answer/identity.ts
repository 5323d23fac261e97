import { hash } from 'node:crypto';

const PRINTABLE_ASCII = /^[ -~]*$/;
/** Invisible characters. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}+/gu;

/**
 * The key under which two records count as the same provider: the values of the identity fields as
 * {@link normalise} compares them, hashed so that its length is bounded.
 *
 * @returns SHA-256 in hex
 */
export function identityKey(values: readonly string[]): string {
  return hash('sha256', JSON.stringify(values.map(normalise)), 'hex');
}

/**
 * One value in the compared form. Two texts are equal if their NFKC_Casefold (Unicode) is equal, apart from the
 * amount of white space.
 */
export function normalise(value: string): string {
  // Most values are of this kind, and the result is that of the rule below.
  if (PRINTABLE_ASCII.test(value)) return value.toLowerCase().replace(/ +/g, ' ').trim();
  const visible = value.replace(INVISIBLE, '');
  return foldCase(visible.normalize('NFKC')).normalize('NFKC').replace(/\s+/gu, ' ').trim();
}

/**
 * Full case folding (Unicode, CaseFolding.txt: C and F). Lower, upper and lower case again fold pairs that
 * one step keeps apart (ẞ, ß and ss; the Greek sigmas). Upper case alone would turn the dotless ı into an i.
 */
function foldCase(value: string): string {
  return value
    .split('ı')
    .map((part) => part.toLowerCase().toUpperCase().toLowerCase().replaceAll('ς', 'σ'))
    .join('ı');
}
