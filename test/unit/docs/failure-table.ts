import { FAILURES, type FailureEntry, type Retry } from '../../../src/contract/failures';
import { code, table } from './markdown';

const REPEATED: Readonly<Record<Retry, string>> = {
  yes: 'yes',
  no: 'no',
  reauthenticate: 'after authenticating again',
  reopen: 'as a run of its own',
};

/** Every failure with its meaning and what an operator can do. */
export function failureTable(): string {
  const entries: readonly [string, FailureEntry][] = Object.entries(FAILURES);
  const rows = entries.map(([name, { meaning, details = '', retry, advice }]) => [
    code(name),
    `${meaning} ${details}`.trim(),
    REPEATED[retry],
    advice,
  ]);
  return table(['failure', 'meaning', 'repeated', 'what to do'], rows);
}
