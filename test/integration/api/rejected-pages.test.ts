import { createApiToken, hashToken } from '../../../src/process/api-tokens';
import type { RejectedGroup } from '../../../src/store/directory/read-rejected-groups';
import { listRejectedGroups } from '../../../src/store/directory/read-rejected-groups';
import { listRejectedRecords } from '../../../src/store/directory/read-rejected-records';
import { ask, useApi } from '../../support/api';
import { rejectingSync, rejection } from '../../support/rejected';
import { provider, sync, useStore } from '../../support/store-fixtures';

const store = useStore();
const api = useApi(() => ({ dataSource: store.dataSource }));
const viewer = createApiToken('viewer').token;
const guarded = useApi(() => ({
  dataSource: store.dataSource,
  http: { tokens: [{ role: 'viewer', hash: hashToken(viewer) }] },
}));

const OLGA = { givenName: 'Olga', familyName: 'Hernandez', field: 'clinic', raw: '{"name":"Olga"}' };

/** The text of a page, without its markup. */
async function show(path: string): Promise<{ body: string; text: string }> {
  const { body } = await ask<string>(api, path, { headers: { Accept: 'text/html' } });
  return { body, text: body.replaceAll(/<[^>]*>/g, '').replaceAll(/\s+/g, ' ') };
}
const submit = (decision: 'dismiss' | 'reopen', fields: Record<string, string>) =>
  ask<{ detail: string }>(api, `/rejected-records/${decision}`, {
    method: 'POST',
    body: new URLSearchParams(fields),
  });
const states = async () =>
  (await listRejectedRecords(store.dataSource, { limit: 100 })).items.map(
    ({ record, state, dismissedBy }) => `${record} ${state} ${dismissedBy}`,
  );
const onlyGroup = async (): Promise<RejectedGroup> =>
  (await listRejectedGroups(store.dataSource, { limit: 1 })).items[0] as RejectedGroup;

describe('the page of rejected records', () => {
  it('shows people and faults in words, and leads to their records, runs and people', async () => {
    for (const _ of [1, 2]) await rejectingSync(store.dataSource, [rejection(null, OLGA)]);
    const runId = await rejectingSync(store.dataSource, [rejection(null, OLGA)]);
    expect((await show('/rejected-records')).text).toMatch(
      /Olga Hernandez: clinic is missing ?noteworth ?Came 3 times, first just now, last just now\. Not in the directory\./,
    );
    const people = ['x', 'y'].map((key) => provider(key, { givenName: 'OLGA', familyName: 'Hernandez' }));
    await sync(store.dataSource, 'sample', people);
    const { body, text } = await show('/rejected-records');
    const { id, providerIds } = await onlyGroup();
    expect(text).toContain('A person of this name is in the directory. See Olga Hernandez (1) See Olga');
    const links = [
      `/rejected-records?group=${id}`,
      `/runs/${runId}`,
      ...providerIds.map((id) => `/providers/${id}`),
    ];
    for (const link of links) expect(body).toContain(`href="${link}"`);
  });

  it('shows open records, and others by the filter', async () => {
    await rejectingSync(store.dataSource, [rejection('a'), rejection('b')]);
    await sync(store.dataSource, 'sample', [provider('a')]);
    const open = await show('/rejected-records');
    expect([open.text.includes('Family a'), open.text.includes('Family b')]).toEqual([false, true]);
    const gone = await show('/rejected-records?state=gone&reason=');
    expect([gone.text.includes('Family a'), gone.text.includes('Family b')]).toEqual([true, false]);
    expect(gone.body).toContain('/api/v1/rejected-records/groups?state=gone&amp;format=csv');
    expect(gone.body).toContain('/api/v1/rejected-records?state=gone&amp;format=csv');
  });

  it('has a message to the partner, if the records are of one', async () => {
    await rejectingSync(store.dataSource, [rejection(null, OLGA)]);
    const { text } = await show('/rejected-records');
    expect(text).toContain('Message to noteworth');
    expect(text).toMatch(
      /1\. Olga Hernandez: clinic is missing Record 1 of the answer of .* UTC: {&quot;name/,
    );
    await rejectingSync(store.dataSource, [rejection(null, OLGA)], [], { partner: 'other' });
    expect((await show('/rejected-records')).text).toContain('choose the partner');
    expect((await show('/rejected-records?partner=other')).text).toContain('Message to other');
  });

  it('has nothing to do if no record is open', async () => {
    const { text } = await show('/rejected-records');
    expect(text).toContain('No rejected records are open');
    expect(text).not.toContain('Message to');
  });
});

describe('the page of a group', () => {
  it('has its records with their numbers, states and content, the forms and a message', async () => {
    await rejectingSync(store.dataSource, [rejection('x'), rejection('olga', OLGA)]);
    await rejectingSync(store.dataSource, [rejection('olga', OLGA)]);
    const { items } = await listRejectedGroups(store.dataSource, { limit: 1 });
    const { body, text } = await show(`/rejected-records?group=${items[0]?.id}`);
    expect(text).toContain('Olga Hernandez: clinic is missing');
    expect(body.match(/<strong>Record \d<\/strong>/g)).toEqual([
      '<strong>Record 1</strong>',
      '<strong>Record 2</strong>',
    ]);
    expect(text).toContain('1. Olga Hernandez: clinic is missing (received 2 times)');
    expect(body.match(/action="\/rejected-records\/dismiss"/g)).toHaveLength(3);
  });

  it('has no forms for a viewer', async () => {
    await rejectingSync(store.dataSource, [rejection('olga', OLGA)]);
    const path = `/rejected-records?group=${(await onlyGroup()).id}`;
    const headers = { Accept: 'text/html', Authorization: `Bearer ${viewer}` };
    const { status, body } = await ask<string>(guarded, path, { headers });
    expect([status, body.includes('Olga Hernandez'), body.includes('/dismiss"')]).toEqual([200, true, false]);
  });

  it('that does not exist is empty', async () => {
    const { text } = await show(`/rejected-records?group=${'0'.repeat(64)}`);
    expect(text).toContain('No rejected records match these filters');
  });
});

describe('the forms', () => {
  it('dismiss and reopen a group, and lead back to it', async () => {
    for (const _ of [1, 2]) await rejectingSync(store.dataSource, [rejection('olga', OLGA)]);
    const { id: group } = await onlyGroup();
    const dismissed = await submit('dismiss', { group, by: 'zoe', reason: 'She <retired>.' });
    expect([dismissed.status, dismissed.headers.get('Location')]).toEqual([
      303,
      `/rejected-records?group=${group}&notice=dismissed`,
    ]);
    expect(await states()).toEqual(Array(2).fill('1 dismissed zoe'));
    const { text, body } = await show(dismissed.headers.get('Location') ?? '');
    expect(text).toContain('Your decision is recorded. The open records are dismissed.');
    expect(body).toContain('She &lt;retired>.');
    const again = await submit('dismiss', { group, by: 'ann', reason: 'Other.' });
    expect(again.headers.get('Location')).toBe(`/rejected-records?group=${group}&notice=unchanged`);
    const reopened = await submit('reopen', { group });
    expect(reopened.headers.get('Location')).toBe(`/rejected-records?group=${group}&notice=reopened`);
    expect(await states()).toEqual(Array(2).fill('1 open null'));
  });

  it('dismiss all of a run, or one record, and lead back', async () => {
    const runId = await rejectingSync(store.dataSource, [rejection('a'), rejection('b')]);
    const { id: ofGroup } = await onlyGroup();
    const one = await submit('dismiss', { runId, record: '2', ofGroup, by: '', reason: 'Retired.' });
    expect(one.headers.get('Location')).toBe(`/rejected-records?group=${ofGroup}&notice=dismissed`);
    expect(await states()).toEqual(['2 dismissed an operator (web page)', '1 open null']);
    const all = await submit('dismiss', { runId, reason: 'Retired.' });
    expect(all.headers.get('Location')).toBe(`/rejected-records?runId=${runId}&notice=dismissed`);
    expect((await show(all.headers.get('Location') ?? '')).text).toContain('Reopen all dismissed records');
  });

  it('refuse what does not exist, and a decision without a reason', async () => {
    const runId = await rejectingSync(store.dataSource, [rejection('a')]);
    expect((await submit('dismiss', { group: '0'.repeat(64), reason: 'x' })).status).toBe(404);
    expect((await submit('dismiss', { reason: 'x' })).status).toBe(404);
    expect((await submit('dismiss', { runId, reason: '' })).status).toBe(400);
    expect((await submit('reopen', { runId, record: 'x' })).status).toBe(400);
    expect(await states()).toEqual(['1 open null']);
  });

  it('are refused from pages of other sites', async () => {
    const runId = await rejectingSync(store.dataSource, [rejection('a')]);
    const { status } = await ask(api, '/rejected-records/dismiss', {
      method: 'POST',
      headers: { Origin: 'http://other.example', 'Sec-Fetch-Site': 'cross-site' },
      body: new URLSearchParams({ runId, reason: 'x' }),
    });
    expect([status, await states()]).toEqual([403, ['1 open null']]);
  });
});
