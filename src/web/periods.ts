import { z } from 'zod';

const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** Times until now that a list can be narrowed to. The address keeps the name, so that a bookmark stays recent. */
export const PERIODS = {
  today: { label: 'Today (UTC)', words: 'today (UTC)' },
  '12h': { label: 'Last 12 hours', words: 'in the last 12 hours' },
  '24h': { label: 'Last 24 hours', words: 'in the last 24 hours' },
  '7d': { label: 'Last 7 days', words: 'in the last 7 days' },
  '30d': { label: 'Last 30 days', words: 'in the last 30 days' },
} as const;
export type Period = keyof typeof PERIODS;

const LENGTHS: Record<Exclude<Period, 'today'>, number> = {
  '12h': 12 * HOUR_MS,
  '24h': DAY_MS,
  '7d': 7 * DAY_MS,
  '30d': 30 * DAY_MS,
};

export const period = z.enum(Object.keys(PERIODS) as [Period, ...Period[]]).optional();

/** When the period began (ISO 8601, UTC). */
export function startOf(name: Period, now = new Date()): string {
  if (name === 'today') return `${now.toISOString().slice(0, 10)}T00:00:00.000Z`;
  return new Date(now.getTime() - LENGTHS[name]).toISOString();
}
