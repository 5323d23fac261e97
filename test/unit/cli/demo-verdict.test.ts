import { describeVerdict, type Observed } from '../../../src/cli/demo-verdict';

const COUNTS = {
  ...{ received: 10, inserted: 10, updated: 0, unchanged: 0 },
  ...{ duplicates: 0, rejected: 0, departed: 0 },
};
const AS_PROMISED: Observed = {
  outcome: { status: 'succeeded', id: '1', partner: 'noteworth', ...COUNTS },
  callsBefore: { auth: 1, providers: 2 },
  callsAtEnd: { auth: 1, providers: 2 },
  storedBefore: 0,
  storedAtEnd: 10,
};

describe('the verdict of the demo', () => {
  it('is good if the run stored everything without another call', () => {
    const { isKept, lines } = describeVerdict(AS_PROMISED);
    expect(isKept).toBe(true);
    expect(lines.join('\n')).toMatch(
      /before the kill +1 to \/auth, 2 to \/providers\n.*after the kill +none\n/,
    );
    expect(lines.at(-1)).toContain('As promised');
  });

  it.each<[string, Partial<Observed>, string]>([
    [
      'the partner was called again',
      { callsAtEnd: { auth: 1, providers: 3 } },
      'the partner was called again',
    ],
    ['too much was stored', { storedBefore: 3 }, 'something was stored before the kill'],
    ['too little was stored', { storedAtEnd: 9 }, 'not every provider is stored'],
    [
      'the run failed',
      { outcome: { status: 'failed', failure: { type: 'WorkerLost', message: 'Gone.' } }, storedAtEnd: 0 },
      'the run did not succeed: WorkerLost. Gone.',
    ],
  ])('is bad if %s', (_what, change, reason) => {
    const { isKept, lines } = describeVerdict({ ...AS_PROMISED, ...change });
    expect(isKept).toBe(false);
    expect(lines.at(-1)).toMatch(/^ {2}Not as promised: /);
    expect(lines.at(-1)).toContain(reason);
  });
});
