import type { SimulatedCall } from '../../../src/simulator/simulator';
import { attributeCalls, type BegunCall, readBegunCalls } from '../../benchmark/soak/begun-calls';
import { changeLine, expectDirectory } from '../../benchmark/soak/expected-directory';
import { identityOf } from '../../benchmark/soak/person';
import { person } from '../../support/people';

function begun(run: string, at: number, endpoint: BegunCall['endpoint'] = 'auth'): BegunCall {
  return { partner: 'noteworth', run, endpoint, page: 1, attempt: 1, at };
}

function arrived(at: number, endpoint: SimulatedCall['endpoint'] = 'auth'): SimulatedCall {
  return {
    endpoint,
    at,
    method: 'GET',
    path: `/${endpoint}`,
    fault: 'none',
    status: 200,
    ended: 'answered',
    durationMs: 1,
  };
}

function runsOf(calls: readonly BegunCall[], atPartner: readonly SimulatedCall[]) {
  return attributeCalls(calls, atPartner).map(({ by }) => by?.run ?? null);
}

describe('the run whose call reached the partner', () => {
  it('is the run that had just begun a call', () => {
    expect(runsOf([begun('a', 10), begun('b', 20)], [arrived(11), arrived(22)])).toEqual(['a', 'b']);
  });

  it('is not a run whose worker was killed before it called', () => {
    expect(runsOf([begun('a', 10), begun('b', 20)], [arrived(22)])).toEqual(['b']);
  });

  it('is the run whose worker was frozen if the call arrives late', () => {
    expect(runsOf([begun('a', 10), begun('b', 20)], [arrived(22), arrived(30)])).toEqual(['b', 'a']);
  });

  it('is null if no call was begun, or only one to the other endpoint', () => {
    expect(runsOf([begun('a', 10)], [arrived(9), arrived(11), arrived(12)])).toEqual([null, 'a', null]);
    expect(runsOf([begun('a', 10, 'providers')], [arrived(11)])).toEqual([null]);
  });

  it('is the run that had begun a call for the same page', () => {
    const pages = [1, 2].map((page) => ({ ...begun(`page ${page}`, page, 'providers'), page }));
    const calls = [2, 1].map((page) => ({ ...arrived(10 + page, 'providers'), page }));
    expect(runsOf(pages, calls)).toEqual(['page 1', 'page 2']);
  });

  it('is read from the lines of a log', () => {
    const line = {
      level: 20,
      time: '2026-01-02T03:04:05.678Z',
      partner: 'noteworth',
      run: 'a',
      endpoint: 'auth',
      attempt: 2,
    };
    const log = [
      { ...line, msg: 'Calling the partner' },
      { ...line, msg: 'The partner answered' },
    ]
      .map((entry) => JSON.stringify(entry))
      .join('\n');
    expect(readBegunCalls(`${log}\n`)).toEqual([
      { partner: 'noteworth', run: 'a', endpoint: 'auth', page: 1, attempt: 2, at: Date.parse(line.time) },
    ]);
  });
});

describe('the directory that a soak expects', () => {
  const [ann, bob] = [person('Ann'), person('Bob')];
  const answers = [
    { runId: '1', people: [ann, bob] },
    { runId: '2', people: [{ ...ann, title: 'NP' }] },
    { runId: '3', people: [{ ...ann, title: 'NP' }, bob] },
  ];
  const title = changeLine('2', identityOf(ann), 'title', 'Dr.', 'NP');

  it('keeps providers who are absent from a sample', () => {
    const { entries, changes, runs } = expectDirectory('sample', answers);
    expect(entries.get(identityOf(bob))).toEqual({ title: 'Dr.', listed: true });
    expect(changes).toEqual([title]);
    expect([...runs.values()]).toEqual([
      { inserted: 2, updated: 0, unchanged: 0, departed: 0 },
      { inserted: 0, updated: 1, unchanged: 0, departed: 0 },
      { inserted: 0, updated: 0, unchanged: 2, departed: 0 },
    ]);
  });

  it('records who leaves and who returns if the answer is the whole list', () => {
    const { entries, changes, runs } = expectDirectory('snapshot', answers);
    expect(entries.get(identityOf(bob))).toEqual({ title: 'Dr.', listed: true });
    expect(changes).toEqual([
      title,
      changeLine('2', identityOf(bob), 'listed', true, false),
      changeLine('3', identityOf(bob), 'listed', false, true),
    ]);
    expect([...runs.values()].slice(1)).toEqual([
      { inserted: 0, updated: 1, unchanged: 0, departed: 1 },
      { inserted: 0, updated: 1, unchanged: 1, departed: 0 },
    ]);
  });
});
