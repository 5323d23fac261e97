import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds in which the programs of the servers begin, and in which they are looked after between two loads. */
const TURN_MS = 100;

/**
 * Loads modules while servers start in processes of their own. Loading takes a second of CPU time and blocks this process.
 *
 * @param starting the start of the servers; a failure ends the loading
 */
export async function loadWhile(
  starting: Promise<unknown>,
  loads: readonly (() => unknown)[],
): Promise<void> {
  for (const load of loads) {
    await Promise.race([starting, sleep(TURN_MS)]);
    load();
  }
}
