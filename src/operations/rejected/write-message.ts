/** A fault of records, with examples, for a message to the partner. */
export interface ReportedProblem {
  /** The person and the fault in words. */
  readonly problem: string;
  readonly count: number;
  /** The latest records, the latest first. */
  readonly examples: readonly {
    /** ISO 8601, UTC. */
    readonly at: string;
    /** The number of the record in its answer, from 1. */
    readonly record: number;
    /** Null if it was removed because of its age. */
    readonly raw: string | null;
  }[];
}

/** Characters of an example. */
const MAX_EXAMPLE = 500;

/** Writes a message that asks the partner to correct its records. It holds names of people. */
export function writeMessage(problems: readonly ReportedProblem[]): string {
  return [
    'Hello,',
    'We could not use some of the records that you sent:',
    ...problems.map(describeProblem),
    'Please correct these records. If they are right as they are, please let us know.',
  ].join('\n\n');
}

function describeProblem({ problem, count, examples }: ReportedProblem, index: number): string {
  const times = count === 1 ? '' : ` (received ${count.toLocaleString('en')} times)`;
  return [
    `${index + 1}. ${problem}${times}`,
    ...examples
      .filter(hasText)
      .map(
        ({ at, record, raw }) =>
          `   Record ${record.toLocaleString('en')} of the answer of ${toMinute(at)}:\n   ${shorten(raw)}`,
      ),
  ].join('\n');
}

function hasText<T extends { readonly raw: string | null }>(
  example: T,
): example is T & { readonly raw: string } {
  return example.raw !== null;
}

/** For example `2026-03-01 08:30 UTC`. */
function toMinute(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;
}

function shorten(raw: string): string {
  return raw.length <= MAX_EXAMPLE ? raw : `${raw.slice(0, MAX_EXAMPLE).toWellFormed()}…`;
}
