import { classifyStoreError } from '../../store/postgres/store-failure';
import { temporalReason } from './temporal-reason';

/**
 * What to log about an error. An error of Postgres is logged without the values that it quotes. If Postgres or Temporal
 * is unavailable, no stack is logged.
 */
export function whatToLog(error: unknown): object {
  const failure = classifyStoreError(error);
  if (failure) return { failure };
  const reason = temporalReason(error);
  return reason === undefined ? { err: error } : { reason };
}
