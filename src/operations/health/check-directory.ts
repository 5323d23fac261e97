import { explainDeparting } from '../../contract/approval';
import { adviseOn } from '../../contract/failures';
import { REMARKS } from '../../contract/remarks';
import { durationInWords } from '../../partner/config/values';
import type { PartnerStats } from '../../store/directory/read-stats';
import { awaitedApproval, type Run } from '../../store/runs/run-row';
import type { PartnerView } from '../describe-partners';
import { forecastInWords } from '../freshness/forecast';
import type { DirectoryReading } from '../read-directory';
import { type CheckOutcome, checked } from './check';
import { type Finding, finding } from './finding';

/** From this many failed runs in a row, the finding names their number. */
const STREAK = 2;
/** With a lower chance to stay fresh, an operator should look before it is too late. */
const PROBABLE = 0.5;

/** Checks that the directory is fresh, and reports what its runs left to look at. */
export function checkDirectory({ partners, stats, recent }: DirectoryReading): CheckOutcome {
  const found = [
    ...partners.flatMap((partner) => {
      const runs = recent.get(partner.name) ?? [];
      return [
        ...awaiting(partner),
        ...stale(partner),
        ...soonStale(partner, runs),
        ...failing(partner, runs),
        ...remarksOf(partner, runs),
      ];
    }),
    ...rejectedRecords(stats),
  ];
  const fresh = partners.filter(({ freshness }) => freshness.isFresh).length;
  return checked('directory', `${fresh} of ${partners.length} partners fresh`, found);
}

function awaiting({ name, running }: PartnerView): Finding[] {
  const request = running && awaitedApproval(running);
  if (!request) return [];
  return [
    finding({
      code: 'snapshot-awaiting-approval',
      severity: 'degraded',
      what: `A snapshot of ${name} waits for approval: ${explainDeparting(request)}.`,
      since: request.requestedAt,
      advice: `Decide before ${request.deadline}: npx provider-sync runs approve ${running.id}, or: npx provider-sync runs reject ${running.id}. Until then, ${name} is not synced.`,
      partner: name,
      link: `/runs/${running.id}`,
    }),
  ];
}

/** The failed runs since the last successful one. A replay is left out: it says nothing about the partner. */
export function failedInARow(runs: readonly Run[]): readonly Run[] {
  const syncs = runs.filter(({ replayOf }) => replayOf === null);
  const ended = syncs.filter(({ status }) => status === 'succeeded' || status === 'failed');
  const good = ended.findIndex(({ status }) => status === 'succeeded');
  return good === -1 ? ended : ended.slice(0, good);
}

/** A partner whose runs fail, and that will probably not be fresh when its promise ends. */
function soonStale({ name, freshness, forecast, schedule }: PartnerView, runs: readonly Run[]): Finding[] {
  if (!forecast || !schedule || schedule.paused || forecast.chance >= PROBABLE) return [];
  if (failedInARow(runs).length === 0) return [];
  return [
    finding({
      code: 'partner-soon-stale',
      severity: 'degraded',
      what: `${name} is fresh until ${freshness.freshUntil}, and will probably not stay fresh. ${forecastInWords(forecast)}`,
      advice: `See why its syncs fail. A sync by hand is another try: npx provider-sync sync ${name}`,
      partner: name,
      link: `/partners#${name}`,
    }),
  ];
}

function failing({ name, schedule }: PartnerView, runs: readonly Run[]): Finding[] {
  const failed = failedInARow(runs);
  const { length: streak, 0: last } = failed;
  if (!last?.failure) return [];
  return [
    finding({
      code: 'partner-failing',
      severity: 'degraded',
      what:
        streak >= STREAK
          ? `The last ${streak} runs of ${name} failed, the latest with ${last.failure.type}.`
          : `The last run of ${name} failed with ${last.failure.type}.`,
      since: failed[streak - 1]?.finishedAt ?? null,
      advice: [adviseOn(last.failure), adviseOnBackOff(name, schedule)].filter(Boolean).join(' '),
      partner: name,
      link: `/runs/${last.id}`,
    }),
  ];
}

function adviseOnBackOff(name: string, schedule: PartnerView['schedule']): string {
  if (!schedule?.backOffUntil) return '';
  return `Until a sync succeeds, scheduled ones are rarer, the next after ${schedule.backOffUntil}; this starts one now: npx provider-sync sync ${name}`;
}

/** A partner without a successful run may be new, so it is less severe than one whose data is outdated. */
function stale({ name, freshness, running }: PartnerView): Finding[] {
  const { isFresh, lastSucceededAt, freshForMs } = freshness;
  if (isFresh || (running && lastSucceededAt === null)) return [];
  const about = {
    code: 'partner-stale',
    advice: `Start a sync: npx provider-sync sync ${name}`,
    partner: name,
    link: `/runs?partner=${name}`,
  } as const;
  if (lastSucceededAt === null) {
    return [
      finding({ ...about, severity: 'degraded', what: `${name} has not been synced successfully yet.` }),
    ];
  }
  return [
    finding({
      ...about,
      severity: 'failing',
      what: `${name} is not fresh: no sync has succeeded for more than ${durationInWords(freshForMs)}.`,
      since: new Date(Date.parse(lastSucceededAt) + freshForMs).toISOString(),
    }),
  ];
}

/** The remarks of the last successful run about its answer. */
function remarksOf({ name }: PartnerView, runs: readonly Run[]): Finding[] {
  const last = runs.find(({ status }) => status === 'succeeded');
  if (!last) return [];
  const about = {
    severity: 'degraded',
    since: last.finishedAt,
    sinceAtLeast: true,
    partner: name,
    link: `/runs/${last.id}`,
  } as const;
  const what = `${name} no longer sends: ${last.vanishedFields.join(', ')}.`;
  return [
    ...(last.vanishedFields.length > 0 ? [finding({ ...about, code: 'fields-missing', what })] : []),
    // An operator asked for it, and the partner may send these people forever.
    ...last.remarks
      .filter(({ type }) => type !== 'PeopleSuppressed')
      .map(({ type, message }) =>
        finding({
          ...about,
          code: 'answer-remarkable',
          what: `${name}: ${message}`,
          advice: REMARKS[type].advice,
        }),
      ),
  ];
}

function rejectedRecords(stats: readonly PartnerStats[]): Finding[] {
  const open = stats.reduce((sum, { openRejectedLast24Hours }) => sum + openRejectedLast24Hours, 0);
  if (open === 0) return [];
  const [since = null] = stats.flatMap(({ openRejectedSince }) => openRejectedSince ?? []).sort();
  const different = stats.reduce((sum, { openRejectedGroups }) => sum + openRejectedGroups, 0);
  return [
    finding({
      code: 'records-rejected',
      severity: 'degraded',
      what: describeOpen(open, different),
      since,
      advice:
        'See what is wrong: npx provider-sync rejected groups. Ask the partner to correct it, or dismiss them.',
      link: '/rejected-records',
    }),
  ];
}

/** @param different how many of them differ in person or fault: a partner may send the same record in each run */
function describeOpen(open: number, different: number): string {
  const [count, times] = [different, open].map((number) => number.toLocaleString('en'));
  const records = `${count} rejected record${different === 1 ? '' : 's'}`;
  const are = different === 1 ? 'is' : 'are';
  if (open === different) return `${records} of the last 24 hours ${are} open.`;
  return `${records} ${are} open. ${different === 1 ? 'It' : 'They'} came ${times} times in the last 24 hours.`;
}
