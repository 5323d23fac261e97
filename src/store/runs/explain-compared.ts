import { duration } from '../../contract/duration';
import type { ComparedFact } from './compare-runs';

/** The value of one of two runs as people read it; times as they are. */
export function shownValue({ kind, notRecorded, ...fact }: ComparedFact, side: 'a' | 'b'): string {
  const value = fact[side];
  if (value === null) return notRecorded.includes(side) ? 'not recorded' : '–';
  if (typeof value === 'string') return value;
  return kind === 'duration' ? duration(value) : value.toLocaleString('en');
}

/** How the second value differs from the first, such as `+3`, `−2.1 s`, `differs` or `unknown`; empty if it does not. */
export function explainDifference({ kind, a, b, notRecorded, isDifferent }: ComparedFact): string {
  if (notRecorded.length > 0) return 'unknown';
  if (typeof a !== 'number' || typeof b !== 'number') return isDifferent ? 'differs' : '';
  if (a === b) return '';
  const amount = Math.abs(b - a);
  return `${b > a ? '+' : '−'}${kind === 'duration' ? duration(amount) : amount.toLocaleString('en')}`;
}
