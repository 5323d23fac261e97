import { duration } from '../../contract/duration';
import type { ComparedFact } from './compare-runs';

/** A value of a compared fact as people read it; times as they are. */
export function shownValue(kind: ComparedFact['kind'], value: ComparedFact['a']): string {
  if (value === null) return '–';
  if (typeof value === 'string') return value;
  return kind === 'duration' ? duration(value) : value.toLocaleString('en');
}

/** How the second value differs from the first, such as `+3`, `−2.1 s` or `differs`; empty if it does not. */
export function explainDifference({ kind, a, b, isDifferent }: ComparedFact): string {
  if (typeof a !== 'number' || typeof b !== 'number') return isDifferent ? 'differs' : '';
  if (a === b) return '';
  const amount = Math.abs(b - a);
  return `${b > a ? '+' : '−'}${kind === 'duration' ? duration(amount) : amount.toLocaleString('en')}`;
}
