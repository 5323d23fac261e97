import type { CheckOutcome } from './check';
import type { FindingCode } from './finding';

/** The API only reads, so it works without the rights of the workers. */
const TOLERATED: FindingCode = 'store-rights-missing';

export const POSTGRES_READINESS = [
  'ok',
  'not connected yet',
  'not migrated',
  'not usable',
  'not writable',
  'no answer',
] as const;
export const TEMPORAL_READINESS = ['ok', 'no answer'] as const;

/** The state of the services that the API itself needs. */
export interface Readiness {
  readonly postgres: (typeof POSTGRES_READINESS)[number];
  readonly temporal: (typeof TEMPORAL_READINESS)[number];
}

/**
 * Derives the readiness from the checks. A service is ready only if its check was made and found it ready.
 *
 * @param isConnected whether this process has connected to Postgres since its start
 */
export function readinessOf(checks: readonly CheckOutcome[], isConnected: boolean): Readiness {
  const temporal = checks.find(({ check }) => check === 'temporal');
  return {
    postgres: postgresOf(checks, isConnected),
    temporal: temporal?.state === 'ok' ? 'ok' : 'no answer',
  };
}

function postgresOf(checks: readonly CheckOutcome[], isConnected: boolean): Readiness['postgres'] {
  const own = checks.filter(({ check }) => check === 'postgres' || check === 'tables');
  // The tables are unknown while Postgres cannot be reached.
  if (own.length === 0 || own.some(({ state }) => state === 'unknown')) {
    return isConnected ? 'no answer' : 'not connected yet';
  }
  const codes = own.flatMap(({ findings }) => findings.map(({ code }) => code));
  if (codes.includes('store-not-migrated')) return 'not migrated';
  if (codes.includes('store-unusable')) return 'not usable';
  return codes.every((code) => code === TOLERATED) ? 'ok' : 'not writable';
}
