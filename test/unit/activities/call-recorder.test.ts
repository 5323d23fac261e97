import { CallRecorder } from '../../../activities/call-recorder';
import type { PartnerCall } from '../../../src/contract/call';
import { until } from '../../support/scenario';

const call = (endpoint: PartnerCall['endpoint']): PartnerCall => ({
  endpoint,
  attempt: 1,
  startedAt: '2026-01-01T00:00:00.000Z',
  tookMs: 1,
  httpStatus: 200,
  bytes: 1,
  outcome: 'ok',
  detail: null,
});

const recorded: string[] = [];
const recorder = new CallRecorder((run, { endpoint }) => recorded.push(`${run} ${endpoint}`));
beforeEach(() => {
  recorded.length = 0;
});

it('records the calls of a run that is still running, after a moment', async () => {
  recorder.add('a', call('auth'));
  recorder.add('b', call('auth'));
  recorder.add('a', call('providers'));
  expect(recorded).toEqual([]);
  await until(() => recorded.length === 3);
  expect(recorded).toEqual(['a auth', 'a providers', 'b auth']);
  recorder.add('a', call('providers'));
  await until(() => recorded.length === 4);
  expect(recorded.at(-1)).toBe('a providers');
});

it('records no call that was stored in another way', async () => {
  recorder.add('a', call('auth'));
  recorder.drop('a');
  recorder.add('a', call('providers'));
  recorder.add('b', call('auth'));
  recorder.drop('c');
  await until(() => recorded.includes('b auth'));
  expect(recorded).toEqual(['a providers', 'b auth']);
});
