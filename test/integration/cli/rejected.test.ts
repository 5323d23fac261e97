import { runHere } from '../../support/command-here';
import { rejectingSync, rejection } from '../../support/rejected';
import { useStore } from '../../support/store-fixtures';

const store = useStore();

const rejected = (...args: string[]) => runHere(['rejected', ...args], { DATABASE_URL: store.url });
const states = async (...args: string[]) => {
  const { items } = JSON.parse((await rejected('list', '--json', ...args)).stdout);
  return items.map(({ record, state }: { record: number; state: string }) => `${record} ${state}`);
};

describe('rejected groups', () => {
  it('prints people and faults in words, and their group, which the other commands take', async () => {
    const olga = { givenName: 'Olga', familyName: 'Hernandez', field: 'clinic', raw: '{"secret":1}' };
    for (const _ of [1, 2]) await rejectingSync(store.dataSource, [rejection('olga', olga)]);
    const [text, json] = await Promise.all([rejected('groups'), rejected('groups', '--json')]);
    expect(text.stdout).toMatch(
      /^PARTNER +PROBLEM +TIMES +FIRST +LAST +STATE +PERSON +GROUP\nnoteworth +Olga Hernandez: clinic is missing +2 .* open +Not in the directory\. +[0-9a-f]{64}\n$/,
    );
    const [{ id, count }] = JSON.parse(json.stdout).items;
    expect([count, json.stdout.includes('secret')]).toEqual([2, false]);
    expect(await states('--group', id)).toEqual(['1 open', '1 open']);
    await rejected('dismiss', '--group', id, '--reason', 'Retired.');
    expect((await rejected('groups')).stdout).toMatch(/^No rejected records are open\./);
    expect((await rejected('groups', '--state', 'all')).stdout).toContain(' dismissed ');
  });
});

describe('rejected dismiss and reopen', () => {
  it('decide about one record, a run or a group', async () => {
    const runId = await rejectingSync(store.dataSource, [rejection('a'), rejection('b')]);
    const one = ['dismiss', '--run-id', runId, '--record', '2', '--reason', 'Retired.', '--by', 'zoe'];
    expect((await rejected(...one)).stdout).toBe('1 record dismissed.\n');
    expect((await rejected(...one)).stdout).toBe('0 records dismissed, 1 was not open.\n');
    expect(await states()).toEqual(['1 open']);
    expect(await states('--state', 'all')).toEqual(['2 dismissed', '1 open']);
    expect(await states('--run-id', runId)).toEqual(['2 dismissed', '1 open']);
    const dismissed = await rejected('list', '--state', 'dismissed', '--json');
    const [{ groupId, dismissedBy, dismissedReason }] = JSON.parse(dismissed.stdout).items;
    expect([dismissedBy, dismissedReason]).toEqual(['zoe', 'Retired.']);
    const reopened = await rejected('reopen', '--group', groupId, '--json');
    expect(JSON.parse(reopened.stdout)).toEqual({ selected: 1, changed: 1 });
    await rejected('dismiss', '--run-id', runId, '--reason', 'Retired.');
    expect(await states('--state', 'dismissed')).toEqual(['2 dismissed', '1 dismissed']);
  });

  it('refuse records that do not exist, and a wrong use', async () => {
    const runId = await rejectingSync(store.dataSource, [rejection('a')]);
    const reason = ['--reason', 'Retired.'];
    const group = '0'.repeat(64);
    for (const [args, message] of [
      [['dismiss', '--run-id', runId, '--record', '9', ...reason], 'rejected no record with the number 9.'],
      [
        ['dismiss', '--group', group, ...reason],
        `There is no group of rejected records with the id ${group}.`,
      ],
      [['reopen', '--group', group], 'See: npx provider-sync rejected list --state all'],
      [['dismiss', ...reason], 'Select records with --run-id'],
      [['dismiss', '--run-id', runId], '--reason'],
      [['dismiss', '--run-id', runId, '--reason', ' '], 'It must not be empty.'],
      [['dismiss', '--run-id', runId, '--group', group, ...reason], 'cannot be used with'],
      [['reopen', '--run-id', runId, '--record', '0'], 'It must be a whole number from 1.'],
    ] as const) {
      const { code, stderr } = await rejected(...args);
      expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    }
    expect(await states()).toEqual(['1 open']);
  });
});
