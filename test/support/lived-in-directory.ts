import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type { CheckedProvider, Feed, RejectedRecord } from '../../src/contract/answer';
import type { Endpoint, PartnerCall } from '../../src/contract/call';
import { explainFailure } from '../../src/contract/explain';
import { FAILURES, type FailureType } from '../../src/contract/failures';
import { PEOPLE } from '../../src/simulator/people';
import { type Random, sample, seededRandom } from '../../src/simulator/random';
import { abandonRun } from '../../src/store/runs/abandon-run';
import { closeRun } from '../../src/store/runs/close-run';
import { openRun } from '../../src/store/runs/open-run';
import { saveSync } from '../../src/store/save/save-sync';
import { timelineOf } from './run-timeline';
import { answer, call, opening, provider } from './store-fixtures';

/** The partners of {@link fillDirectory}, with the kinds of their feeds. */
export const LIVED_IN: Record<string, { readonly feed: Feed; readonly schedule?: object }> = {
  noteworth: { feed: 'sample', schedule: { every: '6h', jitter: undefined } },
  brightwater: {
    feed: 'snapshot',
    schedule: { cron: '30 5 * * *', every: undefined, jitter: undefined },
  },
};

type Bad = 'failed' | 'skipped' | 'cancelled' | 'abandoned';

/** The failure of each run, by the number of the run. Runs that are not listed succeed. */
const NOTEWORTH: Readonly<Record<number, Bad | 'rejecting' | 'retried'>> = {
  4: 'retried',
  7: 'failed',
  11: 'skipped',
  15: 'rejecting',
  19: 'cancelled',
  23: 'failed',
  24: 'failed',
  28: 'retried',
  31: 'abandoned',
  36: 'retried',
  40: 'skipped',
  44: 'rejecting',
  46: 'retried',
};
const BRIGHTWATER: typeof NOTEWORTH = { 3: 'retried', 5: 'failed', 9: 'cancelled', 12: 'failed' };
const RUNS = 48;
const HOURS_APART = 6;
const RUNS_A_DAY = 24 / HOURS_APART;

/** The ids of runs and providers with special properties. */
export interface LivedIn {
  readonly runs: Readonly<Record<'succeeded' | 'failed' | 'skipped' | 'cancelled' | 'abandoned', string>>;
  /** A run that could not use some records. */
  readonly rejecting: string;
  /** A run that needed several calls. */
  readonly retried: string;
  /** A provider whose title has changed. */
  readonly changed: string;
}

/**
 * Fills the directory with twelve days of two partners: sixty runs with every kind of end, with changes and rejected
 * records. The latest run was some hours ago, and no run is running.
 */
export async function fillDirectory(dataSource: DataSource): Promise<LivedIn> {
  const random = seededRandom(7);
  const runs: Partial<Record<string, string>> = {};
  for (let number = 0; number < RUNS; number += 1) {
    await passHours(dataSource, HOURS_APART);
    const about = NOTEWORTH[number];
    const people = sample(PEOPLE, 10, random).map((person) => toProvider(person, number));
    runs[about ?? 'succeeded'] = await run(dataSource, 'noteworth', people, about, random);
    if (number % RUNS_A_DAY !== RUNS_A_DAY - 1) continue;
    const day = Math.floor(number / RUNS_A_DAY) + 1;
    const list = PEOPLE.slice(day > 8 ? 4 : 0, day > 4 ? 44 : 38).map((person) =>
      toProvider({ ...person, clinic: `Brightwater ${person.clinic}` }, day),
    );
    const key = BRIGHTWATER[day];
    const name = key === 'failed' ? 'failed' : `brightwater ${day}`;
    runs[name] = await run(dataSource, 'brightwater', list, key, random);
  }
  await passHours(dataSource, 2);
  const [changed] = await dataSource.query<[{ id: string }]>(
    `SELECT provider_id AS id FROM provider_changes WHERE field = 'title' ORDER BY id DESC LIMIT 1`,
  );
  const found = (name: string) => runs[name] ?? '';
  return {
    runs: {
      succeeded: found('succeeded'),
      failed: found('failed'),
      skipped: found('skipped'),
      cancelled: found('cancelled'),
      abandoned: found('abandoned'),
    },
    rejecting: found('rejecting'),
    retried: found('retried'),
    changed: changed.id,
  };
}

/** Records a run that has just ended. */
async function run(
  dataSource: DataSource,
  partner: string,
  people: readonly CheckedProvider[],
  about: Bad | 'rejecting' | 'retried' | undefined,
  random: Random,
): Promise<string> {
  const byHand = about === 'cancelled' || about === 'skipped' || random() < 0.1;
  const { calls, failure } = callsOf(partner, about, random);
  const idleMs = about === 'abandoned' ? LOST_MS : 0;
  const timeline = timelineOf(calls, seededRandom(calls.length + people.length), idleMs);
  const openAs = (workflowId: string) =>
    openRun(
      dataSource,
      opening({
        partner,
        workflowId,
        trigger: byHand ? 'web' : 'schedule',
        requestedAt: timeline.requestedAt,
        timing: { scheduledAt: timeline.claimScheduledAt, attempts: 1 },
        workerVersion: '0.2.0',
        mappingHash: MAPPING,
      }),
      async () => true,
    );
  const opened = await openAs(workflowIdOf(partner));
  const runId = opened.id;
  const skipped = about === 'skipped' ? await openAs(`sync-${partner}-by-hand`) : null;
  const ended = { runId, calls: timeline.calls, timing: { scheduledAt: timeline.lastStepAt, attempts: 1 } };
  if (about === 'abandoned') await abandonRun(dataSource, runId);
  else if (failure) await closeRun(dataSource, { ...ended, ...failure });
  else await saveSync(dataSource, { ...ended, partner, ...savingOf(partner, people, about) });
  await dataSource.query('UPDATE sync_runs SET started_at = $2, finished_at = $3 WHERE id = ANY ($1)', [
    [runId, skipped?.id ?? runId],
    timeline.startedAt,
    timeline.finishedAt,
  ]);
  return skipped?.id ?? runId;
}

/** How long an abandoned run had no worker. */
const LOST_MS = 95_000;
const MAPPING = '5e'.repeat(32);

/** The calls of a run, and its end if it stored nothing. */
function callsOf(partner: string, about: Bad | 'rejecting' | 'retried' | undefined, random: Random) {
  const took = (mean: number) => Math.round(mean * (0.6 + 0.8 * random()));
  if (about === 'abandoned') return { calls: [], failure: null };
  if (about === 'failed') {
    const type: FailureType = random() < 0.5 ? 'PartnerTimeout' : 'IncompleteResponse';
    const calls = [good('auth', 1, took(180)), ...[1, 2, 3].map((attempt) => bad(type, attempt, took(400)))];
    const message = explainFailure(partner, { type, detail: '' }, calls);
    return { calls, failure: { status: 'failed', failure: { type, message } } as const };
  }
  if (about === 'cancelled') {
    const calls = [good('auth', 1, took(180)), bad('Cancelled', 1, took(2_200))];
    const failure = { type: 'Cancelled', message: FAILURES.Cancelled.meaning } as const;
    return { calls, failure: { status: 'cancelled', failure } as const };
  }
  const retries =
    about === 'retried'
      ? [bad('PartnerTimeout', 1, 10_000), bad('IncompleteResponse', 2, took(300))]
      : random() < 0.3
        ? [bad('PartnerError', 1, took(200))]
        : [];
  const calls = [good('auth', 1, took(180)), ...retries, good('providers', retries.length + 1, took(420))];
  return { calls, failure: null };
}

function savingOf(partner: string, people: readonly CheckedProvider[], about: string | undefined) {
  const rejected = about === 'rejecting' ? REJECTED : [];
  return {
    feed: LIVED_IN[partner]?.feed ?? 'sample',
    answer: answer(people.slice(rejected.length), {
      received: people.length,
      rejected,
      unknownFields: about === 'rejecting' ? ['languages', 'name_middle'] : [],
    }),
  };
}

function workflowIdOf(partner: string): string {
  return `provider-sync.${partner}-${randomUUID().slice(0, 8)}`;
}

const LANGUAGES = ['English', 'English, Spanish', 'English, French', 'English, Polish, German'];

/** Over time, many people get another title, and the partner begins to send their languages. */
function toProvider(person: (typeof PEOPLE)[number], time: number): CheckedProvider {
  const key = `${person.name_given}|${person.name_family}|${person.clinic}`;
  const own = [...key].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0);
  const isPromoted = person.title !== 'Dr.' && own % RUNS < time;
  const speaks = LANGUAGES[own % LANGUAGES.length] ?? '';
  return provider(key, {
    givenName: person.name_given,
    familyName: person.name_family,
    title: isPromoted ? 'Dr.' : person.title,
    clinic: person.clinic,
    attributes: (7 * own) % RUNS < time ? { languages: speaks } : {},
  });
}

function good(endpoint: Endpoint, attempt: number, tookMs: number): PartnerCall {
  return call({ endpoint, attempt, tookMs, bytes: endpoint === 'auth' ? 2 : 1_184 });
}

const DETAILS: Partial<Record<FailureType, Partial<PartnerCall>>> = {
  PartnerTimeout: {
    httpStatus: null,
    bytes: null,
    tookMs: 10_000,
    detail: 'no complete answer within 10 seconds',
  },
  IncompleteResponse: { httpStatus: 200, bytes: 592, detail: 'the JSON was cut off or malformed' },
  PartnerError: { httpStatus: 500, bytes: 25, detail: 'HTTP 500' },
  Cancelled: { httpStatus: null, bytes: null, detail: 'let go since the run was cancelled' },
};

function bad(outcome: FailureType, attempt: number, tookMs: number): PartnerCall {
  return call({ endpoint: 'providers', attempt, tookMs, outcome, ...DETAILS[outcome] });
}

const REJECTED: readonly RejectedRecord[] = [
  {
    position: 2,
    reason: 'BlankField',
    field: 'name_family',
    raw: JSON.stringify({
      name_given: 'Renata',
      name_family: ' ',
      title: 'Dr.',
      clinic: 'Northgate Urgent Care',
    }),
  },
  {
    position: 6,
    reason: 'NotText',
    field: 'clinic',
    raw: JSON.stringify({ name_given: 'Otis', name_family: 'Fenwick-Hale', title: 'NP', clinic: { id: 17 } }),
  },
];

/** Moves all times this many hours into the past. */
async function passHours(dataSource: DataSource, hours: number): Promise<void> {
  for (const [table, columns] of Object.entries(TIMES)) {
    const earlier = columns.map((column) => `${column} = ${column} - make_interval(hours => ${hours})`);
    await dataSource.query(`UPDATE ${table} SET ${earlier.join(', ')}`);
  }
}

const TIMES = {
  sync_runs: [
    'requested_at',
    'claim_scheduled_at',
    'started_at',
    'storing_scheduled_at',
    'closing_scheduled_at',
    'finished_at',
  ],
  partner_calls: ['scheduled_at', 'started_at'],
  providers: ['first_seen_at', 'last_seen_at', 'last_changed_at'],
  provider_changes: ['changed_at'],
  rejected_records: ['created_at'],
};
