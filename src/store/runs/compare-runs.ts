import { COUNT_LABELS } from '../../contract/run';
import { TRIGGER_WORDS } from '../../contract/trigger-words';
import { LABELS } from './explain-parts';
import { explainCallCounts } from './read-calls';
import type { RunWithCalls } from './read-runs';
import { RUN_PARTS, type RunPartKind } from './run-parts';
import { durationOf } from './run-row';

/** A fact of two runs. */
export interface ComparedFact {
  readonly label: string;
  readonly kind: 'text' | 'time' | 'count' | 'duration';
  /** A time in ISO 8601, a count, or milliseconds; null if the run does not have it. */
  readonly a: string | number | null;
  readonly b: string | number | null;
  /** The runs that did not record it, so that it cannot be compared. */
  readonly notRecorded: readonly ('a' | 'b')[];
  /** Times of two runs always differ; they count as equal. So does what a run did not record. Durations count as different from 10 % and 100 ms on. */
  readonly isDifferent: boolean;
}

/** Facts about one subject. */
export interface ComparedFacts {
  readonly title: string;
  readonly facts: readonly ComparedFact[];
}

/** Characters of a hash that are shown: enough to see whether two differ. */
const HASH_SHOWN = 12;

/** A comparison has one row for all parts of a kind. */
const PARTS: Readonly<Record<RunPartKind, string>> = {
  ...LABELS,
  call: 'Calls',
  wait: 'Waits between attempts',
  calls: 'Calls and the time between them',
  lost: 'No worker ran it',
};

/** Compares two runs: what they were, their results, failures, times, calls and answers. Facts that neither has are left out. */
export function compareRuns(a: RunWithCalls, b: RunWithCalls): ComparedFacts[] {
  const compared = { a, b };
  const all = [
    { title: 'Run', facts: aboutRun(compared) },
    {
      title: 'Result',
      facts: COUNT_LABELS.map(([name, label]) => counted(label, compared, (run) => run[name])),
    },
    { title: 'Time', facts: aboutTime(compared) },
    { title: 'Calls', facts: aboutCalls(compared) },
    { title: 'Answer', facts: aboutAnswer(compared) },
  ];
  return all
    .map(({ title, facts }) => ({ title, facts: facts.filter(isKnown) }))
    .filter(({ facts }) => facts.length > 0);
}

function isKnown({ a, b }: ComparedFact): boolean {
  return a !== null || b !== null;
}

interface Compared {
  readonly a: RunWithCalls;
  readonly b: RunWithCalls;
}

function aboutRun(compared: Compared): ComparedFact[] {
  return [
    text('Partner', compared, ({ partner }) => partner),
    text('Status', compared, ({ status }) => status),
    text('Cause', compared, ({ failure }) => failure?.type ?? null),
    text('Reason', compared, ({ failure }) => failure?.message ?? null),
    text('Started by', compared, ({ trigger }) => TRIGGER_WORDS[trigger]),
    text('Worker', compared, ({ workerVersion }) => recorded(workerVersion && `version ${workerVersion}`)),
    text('Mapping in partners.yaml', compared, ({ mappingHash }) =>
      recorded(mappingHash?.slice(0, HASH_SHOWN)),
    ),
    time('Started', compared, ({ startedAt }) => startedAt),
    time('Finished', compared, ({ finishedAt }) => finishedAt),
  ];
}

/** The whole duration, and how it divides into parts. */
function aboutTime(compared: Compared): ComparedFact[] {
  const kinds = (Object.keys(RUN_PARTS) as RunPartKind[]).filter((kind) =>
    [compared.a, compared.b].some(({ parts }) => parts.some((part) => part.kind === kind)),
  );
  return [
    took('From start to end', compared, (run) => recorded(durationOf(run))),
    ...kinds.map((kind) => took(PARTS[kind], compared, (run) => timeOf(run, kind))),
  ];
}

/** Undefined if it is not recorded: by version 0.1.0, and for a run that began with a reset. */
function timeOf(run: RunWithCalls, kind: RunPartKind): number | null | undefined {
  if (kind === 'queue' && run.requestedAt === null) return undefined;
  if (kind === 'claim' && run.workerVersion === null) return undefined;
  const found = run.parts.filter((part) => part.kind === kind);
  return found.length === 0 ? null : found.reduce((sum, { tookMs }) => sum + tookMs, 0);
}

function aboutCalls(compared: Compared): ComparedFact[] {
  return [
    counted('Calls', compared, ({ callCounts }) => callCounts.total),
    counted('Repeated calls', compared, ({ repeats }) => repeats),
    text('Outcomes', compared, ({ callCounts }) => explainCallCounts(callCounts) || null),
  ];
}

function aboutAnswer(compared: Compared): ComparedFact[] {
  const { a, b } = compared;
  const lists = (read: (run: RunWithCalls) => readonly string[]) => (run: RunWithCalls) =>
    hasAnswer(run) ? read(run).join(', ') || null : undefined;
  const without = (one: RunWithCalls, other: RunWithCalls) =>
    one.fields && other.fields ? one.fields.filter((field) => !other.fields?.includes(field)) : [];
  return [
    text(
      'Fields that only one has',
      compared,
      lists((run) => without(run, run === a ? b : a)),
    ),
    text(
      'New fields',
      compared,
      lists(({ unknownFields }) => unknownFields),
    ),
    text(
      'Missing fields',
      compared,
      lists(({ vanishedFields }) => vanishedFields),
    ),
    text(
      'Remarks',
      compared,
      lists(({ remarks }) => remarks.map(({ message }) => message)),
    ),
    text('SHA-256', compared, ({ answerSha256 }) => recorded(answerSha256)),
  ];
}

/** A run that received no record recorded nothing about the fields of an answer. */
function hasAnswer({ status, received }: RunWithCalls): boolean {
  return status === 'succeeded' || received > 0;
}

/** For a value that every run has: a run without it did not record it. */
function recorded<T>(value: T | null | undefined): T | undefined {
  return value ?? undefined;
}

/** @param read null if the run does not have the value, undefined if the run did not record it */
function fact(
  kind: ComparedFact['kind'],
  label: string,
  { a, b }: Compared,
  read: (run: RunWithCalls) => string | number | null | undefined,
): ComparedFact {
  const found = { a: read(a), b: read(b) };
  const values = { a: found.a ?? null, b: found.b ?? null };
  const notRecorded = (['a', 'b'] as const).filter((side) => found[side] === undefined);
  const isComparable = kind !== 'time' && notRecorded.length === 0;
  return {
    label,
    kind,
    ...values,
    notRecorded,
    isDifferent: isComparable && isDifferent(kind, values.a, values.b),
  };
}

const NOTABLE_MS = 100;
const NOTABLE_SHARE = 0.1;

function isDifferent(kind: ComparedFact['kind'], a: ComparedFact['a'], b: ComparedFact['a']): boolean {
  if (kind !== 'duration' || typeof a !== 'number' || typeof b !== 'number') return a !== b;
  return Math.abs(a - b) >= Math.max(NOTABLE_MS, NOTABLE_SHARE * Math.max(a, b));
}

const text = fact.bind(null, 'text');
const time = fact.bind(null, 'time');
const counted = fact.bind(null, 'count');
const took = fact.bind(null, 'duration');
