import {
  callTimeout,
  listDisorder,
  stopTimes,
  TIMEOUTS,
  type Timeouts,
} from '../../../src/contract/timeouts';

/** The deadlines that partners.yaml admits, and the usual one. */
const DEADLINES = [100, 10_000, 5 * 60_000];

const disorderWith = (changes: Partial<Timeouts>) => listDisorder(10_000, { ...TIMEOUTS, ...changes });

describe('the timeouts', () => {
  it.each(DEADLINES)('stand in their order where the longest deadline is %i ms', (deadline) => {
    expect(listDisorder(deadline)).toEqual([]);
    const { grace, force, gone } = stopTimes(deadline);
    const times = [deadline, callTimeout(deadline), grace, force, gone];
    expect(times).toEqual([...new Set(times)].sort((one, other) => one - other));
  });

  it('say which pair stands the wrong way round, and how', () => {
    expect(disorderWith({ lock: 30_000 })).toEqual([
      'a lock (30000 ms) must end before a statement (30000 ms)',
    ]);
  });

  it.each<[keyof Timeouts, number, RegExp]>([
    ['callOverhead', 0, /^the partner's deadline .* before a call's activity/],
    ['graceAfterCall', 0, /^a call's activity .* before a worker's grace/],
    ['forceAfterGrace', 0, /^a worker's grace .* before its forced end/],
    ['close', -2_000, /^a worker's forced end .* before its process/],
    ['callHeartbeat', 10_000, /^a call's heartbeats .* before the heartbeat timeout/],
    ['saveHeartbeat', 10_000, /^a save's heartbeats .* before the heartbeat timeout/],
    ['heartbeatThrottle', 10_000, /^throttled heartbeats .* before the heartbeat timeout/],
    ['clientGone', 10_000, /^noticing a killed worker .* before a lock/],
    ['saveStatement', 30_000, /^a statement .* before a save's statement/],
    ['idle', 35_000, /^an idle connection .* before the silence that ends it/],
    ['connect', 10_000, /^a connection and a silent statement .* before opening or closing a run/],
    ['storeStep', 10_000, /^asking Temporal .* before opening or closing a run/m],
    ['exportStall', 35_000, /^a silent statement .* before a stalled export/],
    ['export', 60_000, /^a stalled export .* before an export/],
    ['save', 600_000, /^a save's silent statement .* before a save/],
    ['longPoll', 10_000, /^a request to Temporal .* before a long poll/],
  ])('are refused where %s is %i', (name, value, sentence) => {
    expect(disorderWith({ [name]: value }).join('\n')).toMatch(sentence);
  });
});
