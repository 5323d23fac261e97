import { matchWorkers } from '../../../src/temporal/workers/match-workers';
import type { Heartbeat, WorkerReport } from '../../../src/temporal/workers/read-heartbeats';

const SECOND_MS = 1_000;
const HOUR = 3_600;
/** By Temporal's clock. */
const NOW = Date.parse('2026-01-31T12:00:00Z');
const identity = '1@worker';

const at = (seconds: number) => NOW + seconds * SECOND_MS;

/** A heartbeat by the worker's clock, with times in seconds after now. */
function beat(name: string, startedAt: number, beatAt: number, isStopping = false): Heartbeat {
  const none = { used: 0, total: 0 };
  const report: WorkerReport = {
    host: name,
    version: null,
    deploymentName: null,
    buildId: null,
    sdkVersion: '',
    startedAt: null,
    slots: { activities: none, localActivities: none, workflowTasks: none },
  };
  return { identity, at: at(beatAt), startedAt: at(startedAt), isStopping, report };
}

/** @returns the name of each worker, with the seconds that its clock is ahead */
function match(heartbeats: readonly Heartbeat[], polled: number | null, now = 0): [string, number][] {
  const polledAt = polled === null ? 0 : at(polled);
  return matchWorkers({ identity, heartbeats, polledAt, now: at(now) }).map(({ report, clockAhead }) => [
    report?.host ?? '',
    clockAhead / SECOND_MS,
  ]);
}

describe('the clock of a worker', () => {
  it.each([
    ['an hour ahead', HOUR, 0, HOUR],
    ["an hour ahead, on this process's machine", HOUR, HOUR, HOUR],
    ["right, and this process's is an hour behind", 0, -HOUR, 0],
    ["right, and this process's is an hour ahead", 0, HOUR, 0],
    ['half a minute ahead', 30, 0, 0],
    ['an hour behind, which is not found', -HOUR, 0, 0],
  ])('is %s', (_clock, ahead, now, found) => {
    expect(match([beat('one', ahead - 2 * HOUR, ahead)], 0, now)).toEqual([['one', found]]);
  });

  it('is right if it has sent heartbeats for five minutes without asking for work, as its slots are full', () => {
    expect(match([beat('one', -HOUR, 0)], -300)).toEqual([['one', 0]]);
  });

  it('is not known if it has not asked for work recently', () => {
    expect(match([beat('one', -HOUR, 0)], null)).toEqual([['one', 0]]);
  });

  it('is right if an earlier worker with its identity was an hour ahead', () => {
    expect(match([beat('earlier', HOUR - 60, HOUR - 30), beat('now', -20, -1)], 0)).toEqual([['now', 0]]);
  });

  it('is right if an earlier worker with its identity was an hour ahead and was stopped', () => {
    const earlier = beat('earlier', HOUR - 60, HOUR - 30, true);
    expect(match([earlier, beat('now', -20, -1)], 0)).toEqual([['now', 0]]);
  });

  it('is right if an earlier worker ended an hour ago, and this one has its identity and sends no heartbeats', () => {
    expect(match([beat('earlier', -2 * HOUR, -HOUR)], 0)).toEqual([['earlier', 0]]);
  });

  it("decides nothing about which worker is the present one if this process's clock is an hour behind", () => {
    const earlier = beat('earlier', -3 * HOUR, -2 * HOUR);
    expect(match([earlier, beat('now', -HOUR, -1)], 0, -HOUR)).toEqual([['now', 0]]);
  });
});
