import type { RecordedCall } from '../../../src/store/runs/read-calls';
import { partsOf, type RunPart } from '../../../src/store/runs/run-parts';

type Timed = Parameters<typeof partsOf>[0];

const at = (ms: number) => new Date(Date.UTC(2026, 2, 4) + ms);
const NEW: Timed = {
  status: 'succeeded',
  replayOf: null,
  requestedAt: at(0),
  claimScheduledAt: at(100),
  claimAttempts: 1,
  startedAt: at(120),
  storingScheduledAt: null,
  storingAttempts: null,
  approvalRequestedAt: null,
  approvalDecidedAt: null,
  closingScheduledAt: null,
  closingAttempts: null,
  finishedAt: null,
};
const OLD: Timed = { ...NEW, requestedAt: null, claimScheduledAt: null, claimAttempts: null };

function call(
  fields: Partial<Omit<RecordedCall, 'startedAt' | 'scheduledAt'>>,
  ms: number,
  scheduled: number | null = ms,
) {
  const base = {
    endpoint: 'auth',
    page: 1,
    attempt: 1,
    tookMs: 50,
    httpStatus: 200,
    bytes: 0,
    outcome: 'ok',
    detail: null,
  };
  const times = {
    startedAt: at(ms).toISOString(),
    scheduledAt: scheduled === null ? null : at(scheduled).toISOString(),
  };
  return { ...base, ...times, ...fields } as RecordedCall;
}
const counted = (calls: RecordedCall[], total = calls.length) => ({
  calls,
  callCounts: { total, tookMs: total * 50, outcomes: [] },
});
const short = (parts: readonly RunPart[]) => parts.map(({ kind, tookMs }) => `${kind} ${tookMs}`);
const parts = (run: Timed, calls: RecordedCall[] = [], total?: number) =>
  short(partsOf(run, counted(calls, total)));

describe('the parts of a run', () => {
  it('follow each other from the request to the end', () => {
    const calls = [
      call({ outcome: 'PartnerError' }, 200, 130),
      call({ attempt: 2 }, 400, 350),
      call({ endpoint: 'providers' }, 500, 480),
    ];
    const run = { ...NEW, storingScheduledAt: at(600), storingAttempts: 3, finishedAt: at(1_000) };
    const all = partsOf(run, counted(calls));
    expect(short(all)).toEqual([
      'queue 100',
      'claim 20',
      'overhead 80',
      'call 50',
      'wait 100',
      'overhead 50',
      'call 50',
      'overhead 50',
      'call 50',
      'overhead 50',
      'store 400',
    ]);
    expect(all.at(-1)?.attempts).toBe(3);
    let end = NEW.requestedAt?.getTime() ?? 0;
    for (const { startedAt, tookMs } of all) {
      expect(Date.parse(startedAt)).toBe(end);
      end += tookMs;
    }
    expect(end).toBe(at(1_000).getTime());
  });

  it('add up although the clocks of Temporal, Postgres and the workers differ', () => {
    const run = { ...NEW, claimScheduledAt: at(-900), storingScheduledAt: at(90), finishedAt: at(1_000) };
    const all = partsOf(run, counted([call({}, 50), call({ endpoint: 'providers', tookMs: 5_000 }, 700)]));
    expect(all.every(({ tookMs }) => tookMs >= 0)).toBe(true);
    expect(all.reduce((sum, { tookMs }) => sum + tookMs, 0)).toBe(1_900);
  });

  it('of version 0.1.0 are those that are known', () => {
    const calls = [call({ outcome: 'PartnerError' }, 200, null), call({ attempt: 2 }, 400, null)];
    expect(parts({ ...OLD, finishedAt: at(1_000) }, calls)).toEqual([
      'overhead 80',
      'call 50',
      'wait 150',
      'call 50',
      'store 550',
    ]);
    expect(parts({ ...OLD, status: 'failed', finishedAt: at(1_000) })).toEqual(['overhead 880']);
  });

  it('end with the last known moment while the run is running', () => {
    expect(parts({ ...NEW, status: 'running' }, [call({}, 200)])).toEqual([
      'queue 100',
      'claim 20',
      'overhead 80',
      'call 50',
    ]);
  });

  it('name a call whose worker was lost until the next attempt', () => {
    const calls = [call({ outcome: 'Interrupted', tookMs: null }, 200), call({ attempt: 2 }, 10_300, 10_200)];
    expect(parts({ ...NEW, status: 'running' }, calls).slice(3)).toEqual([
      'call 10000',
      'overhead 100',
      'call 50',
    ]);
  });

  it('name the last call, whose worker was lost, until the next known moment', () => {
    const lost = [call({ outcome: 'Interrupted', tookMs: null }, 200)];
    const ended = { ...NEW, finishedAt: at(9_000) };
    const failed = { ...ended, status: 'failed', closingScheduledAt: at(8_000), closingAttempts: 1 } as const;
    expect(parts(failed, lost).slice(3)).toEqual(['call 7800', 'close 1000']);
    const stored = { ...ended, storingScheduledAt: at(7_000), storingAttempts: 1 };
    expect(parts(stored, lost).slice(3)).toEqual(['call 6800', 'store 2000']);
    const held = { ...stored, approvalRequestedAt: at(7_500), approvalDecidedAt: at(7_900) };
    expect(parts(held, lost).slice(3, 6)).toEqual(['call 6800', 'store 500', 'approval 400']);
    expect(parts({ ...NEW, status: 'running' }, lost)).toEqual(['queue 100', 'claim 20']);
    expect(parts({ ...ended, status: 'abandoned' }, lost).slice(3)).toEqual(['call 8800']);
  });

  it('have one part for the calls of a run with many', () => {
    const calls = [call({}, 200), call({ endpoint: 'providers', page: 900 }, 90_000)];
    const run = { ...NEW, storingScheduledAt: at(90_060), storingAttempts: 1, finishedAt: at(95_000) };
    const all = partsOf(run, counted(calls, 901));
    expect(short(all).slice(2)).toEqual(['overhead 80', 'calls 89850', 'overhead 10', 'store 4940']);
    expect(all[3]?.calls).toEqual({ total: 901, tookMs: 45_050 });
  });

  it('have the wait for an approval between the comparison and the storing', () => {
    const held = { ...NEW, storingScheduledAt: at(200), storingAttempts: 2, approvalRequestedAt: at(300) };
    expect(parts({ ...held, status: 'running' }).slice(2)).toEqual(['overhead 80', 'store 100']);
    const decided = { ...held, approvalDecidedAt: at(9_300), finishedAt: at(9_500) };
    expect(parts({ ...decided, storingScheduledAt: at(9_310) }).slice(2)).toEqual([
      'store 180',
      'approval 9000',
      'overhead 10',
      'store 190',
    ]);
    expect(parts({ ...decided, status: 'failed', closingScheduledAt: at(9_350) }).slice(2)).toEqual([
      'overhead 80',
      'store 100',
      'approval 9000',
      'overhead 50',
      'close 150',
    ]);
  });

  it('name the reading of a kept answer, the end of a failed run, and a lost run', () => {
    const ended = { ...NEW, finishedAt: at(1_000) };
    expect(parts({ ...ended, replayOf: 'x', storingScheduledAt: at(400) }).slice(2)).toEqual([
      'replay 280',
      'store 600',
    ]);
    expect(parts({ ...ended, status: 'failed', closingScheduledAt: at(700) }).slice(2)).toEqual([
      'overhead 580',
      'close 300',
    ]);
    expect(parts({ ...ended, status: 'abandoned' }).slice(2)).toEqual(['lost 880']);
  });
});
