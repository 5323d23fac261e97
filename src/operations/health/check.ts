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
  'partners',
  'directory',
] as const;
export type CheckName = (typeof CHECKS)[number];
export const CHECK_STATES = ['ok', 'found', 'unknown'] as const;

/** What one check gave. */
export interface CheckOutcome {
  readonly check: CheckName;
  /** `unknown` where the check could not be made. */
  readonly state: (typeof CHECK_STATES)[number];
  /** What was seen, in a few words; for `unknown` why nothing was. */
  readonly fact: string;
  readonly findings: readonly Finding[];
}

/** The outcome of a check that was made. */
export function checked(check: CheckName, fact: string, findings: readonly Finding[] = []): CheckOutcome {
  return { check, state: findings.length > 0 ? 'found' : 'ok', fact, findings };
}

/** The outcome of a check that another one, which found the cause, has made impossible. */
export function unknown(check: CheckName, why: string): CheckOutcome {
  return { check, state: 'unknown', fact: why, findings: [] };
}

/** Rejects once the time is up; the signal then tells the work to stop. */
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
 * Makes a check within its time. One that fails in another way than by a finding, or takes too long, is itself a
 * finding: nothing is reported as healthy that was not seen.
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
    const reason = messageOf(error);
    const found = finding({
      code: 'check-incomplete',
      severity: 'degraded',
      what: `The check of ${check} could not be made: ${reason}.`,
      advice: 'Look again in a moment. If it stays so, the log of the API says more.',
    });
    return [{ check, state: 'unknown', fact: reason, findings: [found] }];
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
