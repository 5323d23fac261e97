import type { PartnerView } from '../api/describe-partners';
import { FAILURES } from '../contract/failures';
import type { Run } from '../store/read-runs';
import type { PartnerStats } from '../store/read-stats';

/** Something that needs a look, and where to look. */
export interface Finding {
  readonly tone: 'bad' | 'warn';
  readonly text: string;
  readonly advice?: string;
  readonly href: string;
}

/** So many failed runs in a row are more than the partner's usual bad luck. */
const STREAK = 2;

/** What an operator should look at now, the worst first. */
export function findFindings(
  partners: readonly PartnerView[],
  stats: readonly PartnerStats[],
  recent: ReadonlyMap<string, readonly Run[]>,
): Finding[] {
  const findings = [
    ...partners.flatMap((partner) => [
      ...failing(partner, recent.get(partner.name) ?? []),
      ...stale(partner),
      ...paused(partner),
      ...fieldsOf(partner, recent.get(partner.name) ?? []),
    ]),
    ...rejectedRecords(stats),
  ];
  return findings.sort((a, b) => Number(b.tone === 'bad') - Number(a.tone === 'bad'));
}

function failing({ name }: PartnerView, runs: readonly Run[]): Finding[] {
  const ended = runs.filter(({ status }) => status === 'succeeded' || status === 'failed');
  const good = ended.findIndex(({ status }) => status === 'succeeded');
  const streak = good === -1 ? ended.length : good;
  const last = ended[0];
  if (!last?.failure) return [];
  return [
    {
      tone: streak >= STREAK ? 'bad' : 'warn',
      text:
        streak >= STREAK
          ? `The last ${streak} runs of ${name} failed, the latest with ${last.failure.type}.`
          : `The last run of ${name} failed with ${last.failure.type}.`,
      advice: FAILURES[last.failure.type].advice,
      href: `/runs/${last.id}`,
    },
  ];
}

function stale({ name, freshness, running }: PartnerView): Finding[] {
  if (freshness.isFresh || running) return [];
  const text = freshness.lastSucceededAt
    ? `${name} has had no good run for longer than it should.`
    : `${name} has had no good run yet.`;
  return [{ tone: 'bad', text, href: `/runs?partner=${name}` }];
}

function paused({ name, schedule }: PartnerView): Finding[] {
  if (!schedule?.paused) return [];
  return [
    {
      tone: 'warn',
      text: `The schedule of ${name} is paused.`,
      ...(schedule.note !== null && { advice: schedule.note }),
      href: `/partners#${name}`,
    },
  ];
}

function fieldsOf({ name }: PartnerView, runs: readonly Run[]): Finding[] {
  const last = runs.find(({ status }) => status === 'succeeded');
  if (!last || last.vanishedFields.length === 0) return [];
  return [
    {
      tone: 'warn',
      text: `${name} no longer sends: ${last.vanishedFields.join(', ')}.`,
      href: `/runs/${last.id}`,
    },
  ];
}

function rejectedRecords(stats: readonly PartnerStats[]): Finding[] {
  const rejected = stats.reduce((sum, { rejectedLast24Hours }) => sum + rejectedLast24Hours, 0);
  if (rejected === 0) return [];
  const records = `${rejected.toLocaleString('en')} record${rejected === 1 ? '' : 's'}`;
  return [
    {
      tone: 'warn',
      text: `${records} could not be used in the last 24 hours.`,
      href: '/rejected-records',
    },
  ];
}
