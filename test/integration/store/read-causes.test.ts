import { openRun } from '../../../src/store/runs/open-run';
import { type CauseFilter, readRunCauses } from '../../../src/store/runs/read-causes';
import { endedRun } from '../../support/ended-runs';
import { call, opening, useStore } from '../../support/store-fixtures';

describe('the causes of failed runs', () => {
  const store = useStore();
  const causes = (filter: CauseFilter = {}) => readRunCauses(store.dataSource, filter);
  const failed = (fields: Parameters<typeof endedRun>[1] = {}) =>
    endedRun(store.dataSource, { failure: 'PartnerTimeout', ...fields });
  const good = (fields: Parameters<typeof endedRun>[1] = {}) => endedRun(store.dataSource, fields);

  it('say how often, when, where and with which message runs failed, and which run mended it', async () => {
    const auth = [call({ outcome: 'PartnerTimeout' })];
    await failed({ ago: '9 h', message: 'Usual.', calls: auth });
    const example = await failed({ ago: '8 h', message: 'Usual.', calls: auth });
    await failed({ ago: '7 h', message: 'Rare.' });
    const mender = await good({ ago: '6 h' });
    await good({ ago: '5 h' });
    const [cause, ...others] = await causes();
    expect(others).toEqual([]);
    expect(cause).toMatchObject({
      failureType: 'PartnerTimeout',
      title: 'no complete answer in time',
      state: 'mended',
      count: 3,
      partners: [
        {
          partner: 'noteworth',
          count: 3,
          endpoint: 'auth',
          message: 'Usual.',
          exampleRunId: example,
          mendedByRunId: mender,
        },
      ],
    });
    const hours = (at: string | null | undefined) =>
      Math.round((Date.now() - Date.parse(at ?? '')) / 3_600_000);
    expect([cause?.firstAt, cause?.lastAt, cause?.partners[0]?.mendedAt].map(hours)).toEqual([9, 7, 6]);
  });

  it('that still fail come first; a partner is mended by its own runs only, and never by a replay', async () => {
    await failed({ ago: '9 h', partner: 'north' });
    await failed({ ago: '8 h', partner: 'south' });
    const replayed = await failed({ ago: '7 h', failure: 'UnusableAnswer', partner: 'north' });
    await good({ ago: '6 h', partner: 'south' });
    await good({ ago: '5 h', partner: 'north', trigger: 'replay', replayOf: replayed });
    const found = await causes();
    expect(found.map(({ failureType, state, count }) => [failureType, state, count])).toEqual([
      ['UnusableAnswer', 'failing', 1],
      ['PartnerTimeout', 'failing', 2],
    ]);
    expect(found[1]?.partners.map(({ partner, mendedAt }) => [partner, mendedAt !== null])).toEqual([
      ['north', false],
      ['south', true],
    ]);
    await good({ ago: '1 h', partner: 'north' });
    expect((await causes()).map(({ state }) => state)).toEqual(['mended', 'mended']);
  });

  it('leave out cancelled, skipped and running runs, and replays that failed', async () => {
    const { dataSource } = store;
    await failed({ failure: 'Cancelled' });
    await failed({ failure: 'AnswerUnavailable', trigger: 'replay', replayOf: await good() });
    await openRun(dataSource, opening(), async () => true);
    await openRun(dataSource, opening(), async () => true);
    expect(await causes()).toEqual([]);
  });

  it('are those of the filter, but a later run mends them all the same', async () => {
    await failed({ ago: '30 h' });
    await failed({ ago: '9 h', failure: 'Abandoned' });
    await failed({ ago: '8 h', failure: 'PartnerError', partner: 'other' });
    await good({ ago: '1 h' });
    const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
    const found = async (filter: CauseFilter) =>
      (await causes(filter)).map(({ failureType, state }) => `${failureType} ${state}`);
    expect(await found({ startedAfter: hoursAgo(24), startedBefore: hoursAgo(3) })).toEqual([
      'PartnerError failing',
      'Abandoned mended',
    ]);
    expect(await found({ status: 'abandoned' })).toEqual(['Abandoned mended']);
    expect(await found({ failureType: 'PartnerTimeout' })).toEqual(['PartnerTimeout mended']);
    expect(await found({ partner: 'other' })).toEqual(['PartnerError failing']);
  });
});
