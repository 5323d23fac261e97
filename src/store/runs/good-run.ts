/**
 * The condition in SQL of a run that shows what the partner said when the run ended. A replay stores an answer of
 * earlier, so it makes nothing fresher.
 *
 * @param runs the name of the table in the query
 */
export function isGood(runs = 'sync_runs'): string {
  return `${runs}.status = 'succeeded' AND ${runs}.replay_of IS NULL`;
}
