import type { Endpoint } from '../contract/call';
import { explainCounts } from '../contract/explain';
import type { SyncOutcome } from '../temporal/runs/watch-sync';

/** The number of calls to each endpoint, as the partner counted them. */
export type Calls = Readonly<Record<Endpoint, number>>;

/** What the demo observed. */
export interface Observed {
  readonly outcome: SyncOutcome;
  /** The calls before the worker was killed, and all calls at the end. */
  readonly callsBefore: Calls;
  readonly callsAtEnd: Calls;
  /** The providers in the directory when the worker was killed, and at the end. */
  readonly storedBefore: number;
  readonly storedAtEnd: number;
}

/** Whether the run ended as promised: everything is stored, without another call to the partner. */
export function describeVerdict(observed: Observed): {
  readonly isKept: boolean;
  readonly lines: readonly string[];
} {
  const { outcome, callsBefore, callsAtEnd, storedBefore, storedAtEnd } = observed;
  const callsAfter = {
    auth: callsAtEnd.auth - callsBefore.auth,
    providers: callsAtEnd.providers - callsBefore.providers,
  };
  const broken = [
    outcome.status === 'succeeded' ? '' : `the run did not succeed: ${describeOutcome(outcome)}`,
    callsAfter.auth || callsAfter.providers ? 'the partner was called again' : '',
    storedBefore === 0 ? '' : 'something was stored before the kill',
    outcome.status === 'succeeded' && storedAtEnd !== outcome.inserted ? 'not every provider is stored' : '',
    storedAtEnd === 0 ? 'nothing is stored' : '',
  ].filter(Boolean);
  const isKept = broken.length === 0;
  return {
    isKept,
    lines: [
      row('Calls to the partner before the kill', describeCalls(callsBefore)),
      row('Calls to the partner after the kill', describeCalls(callsAfter)),
      row('Providers stored before the kill', String(storedBefore)),
      row('Providers stored at the end', String(storedAtEnd)),
      '',
      isKept
        ? `  As promised: the worker is lost, the answer is not. ${describeOutcome(outcome)}`
        : `  Not as promised: ${broken.join('; ')}.`,
    ],
  };
}

/** Such as `1 to /auth, 2 to /providers`. */
export function describeCalls({ auth, providers }: Calls): string {
  return auth + providers === 0 ? 'none' : `${auth} to /auth, ${providers} to /providers`;
}

function describeOutcome(outcome: SyncOutcome): string {
  switch (outcome.status) {
    case 'succeeded':
      return `${explainCounts(outcome)}.`;
    case 'skipped':
      return `${outcome.holder.workflowId} is running`;
    default:
      return `${outcome.failure.type}. ${outcome.failure.message}`;
  }
}

function row(name: string, value: string): string {
  return `  ${name.padEnd(38)}${value}`;
}
