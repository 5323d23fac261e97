import { isGrpcServiceError, ServiceError } from '@temporalio/client';
import { type Finding, finding } from './finding';

export const CHECKS = [
  'node',
  'configuration',
  'partners file',
  'postgres',
  'tables',
  'temporal',
  'workers',
  'runs',
  'payload keys',
  'schedules',
  'old history',
  'partners',
  'directory',
  'webhooks',
] as const;
export type CheckName = (typeof CHECKS)[number];
export const CHECK_STATES = ['ok', 'found', 'unknown'] as const;

/** The result of one check. */
export interface CheckOutcome {
  readonly check: CheckName;
  /** `unknown` if the check could not be made. */
  readonly state: (typeof CHECK_STATES)[number];
  /** What was seen, in a few words; for `unknown` the reason. */
  readonly fact: string;
  readonly findings: readonly Finding[];
}

/** The outcome of a completed check. */
export function checked(check: CheckName, fact: string, findings: readonly Finding[] = []): CheckOutcome {
  return { check, state: findings.length > 0 ? 'found' : 'ok', fact, findings };
}

/** The outcome of a check that is impossible because of what another check found. */
export function unknown(check: CheckName, why: string): CheckOutcome {
  return { check, state: 'unknown', fact: why, findings: [] };
}

/** Rejects when the time is up, and aborts the work by its signal. */
export async function within<T>(milliseconds: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(Math.max(1, milliseconds));
  const expired = new Promise<never>((_, reject) => {
    const seconds = Math.round(milliseconds / 1000);
    signal.addEventListener('abort', () => reject(new Error(`no answer within ${seconds} s`)), {
      once: true,
    });
  });
  const working = work(signal);
  working.catch(() => undefined);
  return Promise.race([working, expired]);
}

/**
 * Makes a check within its time. A check that throws or takes too long becomes a finding itself: nothing is reported
 * as healthy without having been seen.
 *
 * @param deadline in milliseconds since 1970
 */
export async function inTime(
  check: CheckName,
  deadline: number,
  work: () => Promise<CheckOutcome | CheckOutcome[]>,
): Promise<CheckOutcome[]> {
  try {
    return [await within(deadline - Date.now(), work)].flat();
  } catch (error) {
    const isTemporal = error instanceof ServiceError || isGrpcServiceError(error);
    const reason = isTemporal ? 'Temporal did not respond in time' : messageOf(error);
    const found = incomplete(`The check of ${check} could not be made: ${reason}.`);
    return [{ check, state: 'unknown', fact: reason, findings: [found] }];
  }
}

/** The finding of a check that could not be made. */
export function incomplete(what: string): Finding {
  return finding({
    code: 'check-incomplete',
    severity: 'degraded',
    what,
    advice: 'Check again in a moment. If this stays, look in the log of the API.',
  });
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
