import type { Conditions } from '../lists/conditions';
import type { NameLetter } from '../lists/filters';

/** A part of the order of names: from a text on, and before another one. */
export interface NameRange {
  readonly from?: string;
  readonly before?: string;
}

/** What comes after every name that begins with a letter from A to Z, in the order of code points. */
const AFTER_Z = '{';

/** The folded family names that begin with the letter, or with none from A to Z: before these letters, and after them. */
export function rangesOf(letter: NameLetter): readonly NameRange[] {
  if (letter === '#') return [{ before: 'a' }, { from: AFTER_Z }];
  const from = letter.toLowerCase();
  return [{ from, before: String.fromCharCode(from.charCodeAt(0) + 1) }];
}

/** Whether the folded name begins with the letter. */
export function isInLetter(nameKey: string, letter: NameLetter): boolean {
  return rangesOf(letter).some(
    ({ from = '', before }) => nameKey >= from && (before === undefined || nameKey < before),
  );
}

/** Family names that begin with the letter; all of them without a letter. */
export function addLetter(conditions: Conditions, letter: NameLetter | undefined): void {
  if (letter === undefined) return;
  const ranges = rangesOf(letter).map((range) => isIn(conditions, range));
  conditions.add(`(${ranges.join(' OR ')})`);
}

/** The names of a range only. */
export function addNameRange(conditions: Conditions, range: NameRange): void {
  conditions.add(isIn(conditions, range));
}

function isIn(conditions: Conditions, { from, before }: NameRange): string {
  const ends = [
    from !== undefined && `name_key >= ${conditions.parameter(from)}`,
    before !== undefined && `name_key < ${conditions.parameter(before)}`,
  ];
  return ends.filter((end) => end !== false).join(' AND ');
}
