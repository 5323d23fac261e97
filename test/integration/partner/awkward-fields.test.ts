import { ask } from '../../support/api';
import { person, serving, TEN } from '../../support/people';
import { type Site, startSite } from '../../support/site';

let site: Site;

beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.close());

/** A person with an attribute of this name, as only JSON can express it. */
const personWith = (name: string, value: unknown) =>
  JSON.parse(JSON.stringify(person('Ann 0')).replace('{', `{"${name}":${JSON.stringify(value)},`));

describe.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('an attribute named %s', (name) => {
  it('passes through the whole system like any other, and changes no prototype', async () => {
    const value = { polluted: true };
    const { run } = await site.system.sync({
      providers: [serving(personWith(name, value), ...TEN.slice(1))],
    });
    expect(run).toMatchObject({ status: 'succeeded', rejected: 0 });
    const list = await ask<{ items: { id: string; givenName: string; attributes: object }[] }>(
      site.api,
      '/api/v1/providers?search=ann+0',
    );
    const [item] = list.body.items;
    expect(Object.entries(item?.attributes ?? {})).toEqual([[name, value]]);
    const one = await ask<{ attributes: object }>(site.api, `/api/v1/providers/${item?.id}`);
    expect(Object.entries(one.body.attributes)).toEqual([[name, value]]);
    const past = await ask<{ attributes: object }>(
      site.api,
      `/api/v1/providers/${item?.id}?asOf=${new Date().toISOString()}`,
    );
    expect(Object.entries(past.body.attributes)).toEqual([[name, value]]);
    const ndjson = await ask<string>(site.api, '/api/v1/providers?format=ndjson');
    expect(ndjson.body).toContain(`"${name}":{"polluted":true}`);
    const csv = await ask<string>(site.api, '/api/v1/providers?format=csv');
    expect(csv.body).toContain(`""${name}"":{""polluted"":true}`);
    const page = await ask<string>(site.api, `/providers/${item?.id}`, { headers: { Accept: 'text/html' } });
    expect(page.body).toContain(name);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();

    await site.system.sync({ providers: [serving(personWith(name, 'changed'), ...TEN.slice(1))] });
    const changes = await ask<{ items: object[] }>(site.api, `/api/v1/providers/${item?.id}/changes`);
    expect(changes.body.items[0]).toMatchObject({
      field: `attributes.${name}`,
      before: value,
      after: 'changed',
    });
    await site.system.dataSource.query('TRUNCATE sync_runs, providers CASCADE');
  });
});
