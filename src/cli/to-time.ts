import { InvalidArgumentError } from 'commander';
import { durationWithin } from '../partner/config/values';

const longAgo = durationWithin({ min: '1ms', max: '36500d' });
const HAS_UNIT = /[a-z]$/i;
/** A date, or a date with a time and its zone. */
const FORM = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/;

/** Parses a time, or how long ago it was; the result is ISO 8601, UTC. A date begins at midnight UTC. */
export function toTime(text: string): string {
  // A number without a unit is not a duration: 2026 is probably a year.
  const ago = longAgo.safeParse(text);
  if (ago.success && HAS_UNIT.test(text)) return new Date(Date.now() - ago.data).toISOString();
  const time = FORM.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) {
    throw new InvalidArgumentError(
      'Write a time such as 2026-03-01T08:30:00Z or 2026-03-01, or 24h for 24 hours ago.',
    );
  }
  return new Date(time).toISOString();
}
