import { callTimeout, stopTimes, TIMEOUTS } from '../../../src/contract/timeouts';

/** The shortest, the usual and the longest deadline that partners.yaml allows. */
const DEADLINES = [100, 10_000, 5 * 60_000];

const { statement, saveStatement, silenceAfterStatement } = TIMEOUTS;

describe('the timeouts', () => {
  it.each(DEADLINES)('end in their order for a longest deadline of %i ms', (deadline) => {
    const { grace, force, gone } = stopTimes(deadline);
    const times = [deadline, callTimeout(deadline), grace, force, gone];
    expect(times).toEqual([...new Set(times)].sort((one, other) => one - other));
  });

  it.each<[sooner: string, number, later: string, number]>([
    ["a call's heartbeats", TIMEOUTS.callHeartbeat, 'the heartbeat timeout', TIMEOUTS.heartbeat],
    ["a save's heartbeats", TIMEOUTS.saveHeartbeat, 'the heartbeat timeout', TIMEOUTS.heartbeat],
    ['throttled heartbeats', TIMEOUTS.heartbeatThrottle, 'the heartbeat timeout', TIMEOUTS.heartbeat],
    ["a worker's heartbeats", TIMEOUTS.workerHeartbeat, 'a worker counting as gone', TIMEOUTS.workerSeen],
    ['noticing a killed worker', TIMEOUTS.clientGone, 'a lock', TIMEOUTS.lock],
    ['a lock', TIMEOUTS.lock, 'a statement', statement],
    ['a statement', statement, "a save's statement", saveStatement],
    ['an idle connection', TIMEOUTS.idle, 'the silence that ends it', statement + silenceAfterStatement],
    [
      'a connection and a silent statement',
      TIMEOUTS.connect + statement + silenceAfterStatement,
      'opening or closing a run',
      TIMEOUTS.storeStep,
    ],
    [
      'a turn of pruning and a silent statement',
      TIMEOUTS.pruneTurn + statement + silenceAfterStatement,
      'pruning',
      TIMEOUTS.prune,
    ],
    ['asking Temporal', TIMEOUTS.request, 'opening or closing a run', TIMEOUTS.storeStep],
    ['pausing a schedule', TIMEOUTS.pauseSchedule, 'opening or closing a run', TIMEOUTS.storeStep],
    ['a silent statement', statement + silenceAfterStatement, 'a stalled export', TIMEOUTS.exportStall],
    ['a stalled export', TIMEOUTS.exportStall, 'an export', TIMEOUTS.export],
    ["a save's silent statement", saveStatement + silenceAfterStatement, 'a save', TIMEOUTS.save],
    ['a request to Temporal', TIMEOUTS.request, 'a long poll', TIMEOUTS.longPoll],
  ])('end %s (%i ms) before %s (%i ms)', (_sooner, its, _later, other) => {
    expect(its).toBeLessThan(other);
  });
});
