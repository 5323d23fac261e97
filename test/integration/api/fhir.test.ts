import type { CapabilityStatement, FhirResource, PractitionerRole } from 'fhir/r4';
import { createApiToken, type Role } from '../../../src/process/api-tokens';
import { askExactly, startTestApi, type TestApi, useApi } from '../../support/api';
import { mistakesIn } from '../../support/fhir';
import {
  ask,
  type Bundle,
  fhirBase,
  find,
  idOf,
  refusal,
  useFhirDirectory,
} from '../../support/fhir-directory';

const { store, api } = useFhirDirectory();

describe('the directory as FHIR', () => {
  it('reads a practitioner, with the time of its last change', async () => {
    const id = await idOf("O'Hara");
    const practitioner = await ask(`Practitioner/${id}`);
    expect(practitioner).toMatchObject({ id, active: true, name: [{ family: "O'Hara", prefix: ['Dr.'] }] });
    const { headers } = await fetch(`${fhirBase()}/Practitioner/${id}`, { method: 'HEAD' });
    const lastModified = new Date(practitioner.meta?.lastUpdated ?? '');
    lastModified.setMilliseconds(0);
    expect(new Date(headers.get('Last-Modified') ?? '')).toEqual(lastModified);
  });

  it('refers from each role to a practitioner and an organization that exist', async () => {
    const roles = (await find('PractitionerRole')) as PractitionerRole[];
    expect(roles).toHaveLength(7);
    for (const { id, practitioner, organization } of roles) {
      expect(await ask(`PractitionerRole/${id}`)).toMatchObject({ id });
      const target = await ask<Extract<FhirResource, { name?: unknown }>>(practitioner?.reference ?? '');
      expect(target).toMatchObject({ name: [{ text: practitioner?.display }] });
      expect(await ask(organization?.reference ?? '')).toMatchObject({ name: organization?.display });
    }
  });

  it('has no role for a provider without a clinic', async () => {
    const id = await idOf('Nowak, Jr');
    expect(await refusal(`PractitionerRole/${id}`, 404)).toEqual([
      ['not-found', 'There is no PractitionerRole with this id.'],
    ]);
  });

  it.each(['Practitioner', 'PractitionerRole', 'Organization'])(
    'brings every %s exactly once over pages of any length',
    async (type) => {
      const all = await find(type);
      expect(new Set(all.map(({ id }) => id)).size).toBe({ Practitioner: 8, PractitionerRole: 7 }[type] ?? 6);
      for (const count of [1, 2, 3]) expect(await find(`${type}?_count=${count}`)).toEqual(all);
    },
  );

  it('links a page to itself and to the next one, with the parameters of the search', async () => {
    const first = await ask<Bundle>('Practitioner?family=smith&_count=1');
    const [self, next] = first.link ?? [];
    expect(self).toEqual({ relation: 'self', url: `${fhirBase()}/Practitioner?family=smith&_count=1` });
    expect(next?.relation).toBe('next');
    const second = await ask<Bundle>(next?.url ?? '');
    expect(second.link).toEqual([{ relation: 'self', url: next?.url }]);
    expect(await ask(self?.url ?? '')).toEqual(first);
  });
});

describe('links', () => {
  /** Every address in an answer that points to this API. */
  async function addressesFrom(at: TestApi, headers: Record<string, string>): Promise<string[]> {
    const search = await askExactly(at, '/fhir/R4/Practitioner?_count=1', { headers });
    const { link = [], entry = [] } = JSON.parse(search.body) as Bundle;
    const metadata = await askExactly(at, '/fhir/R4/metadata', { headers });
    const { implementation } = JSON.parse(metadata.body) as CapabilityStatement;
    const all = [...link.map(({ url }) => url), ...entry.map(({ fullUrl }) => fullUrl), implementation?.url];
    expect(all).toHaveLength(4);
    return all.map((address) => String(address));
  }

  it('begin with PUBLIC_URL, regardless of the Host header', async () => {
    const publicUrl = 'https://directory.example';
    const token = createApiToken('viewer');
    const [role, hash = ''] = token.configured.split(':') as [Role, string];
    const { dataSource } = store;
    const known = await startTestApi({ dataSource, http: { publicUrl, tokens: [{ role, hash }] } });
    const unknown = await startTestApi({ dataSource, http: { tokens: [{ role, hash }] } });
    const Authorization = `Bearer ${token.token}`;
    for (const host of ['evil.example', 'localhost:3000', 'localhost:80@evil.example', '']) {
      const addresses = await addressesFrom(known, { host, Authorization });
      expect(addresses.filter((address) => !address.startsWith(`${publicUrl}/fhir/R4`))).toEqual([]);
    }
    for (const host of ['evil.example', 'localhost:80@evil.example', '[::1].evil.example']) {
      const addresses = await addressesFrom(unknown, { host, Authorization });
      expect(addresses.filter((address) => !address.startsWith('/fhir/R4'))).toEqual([]);
    }
    await known.close();
    await unknown.close();
  });

  it('begin with the loopback name of the request if nothing is configured', async () => {
    const addresses = await addressesFrom(api, { host: 'localhost:8080' });
    expect(addresses.filter((address) => !address.startsWith('http://localhost:8080/fhir/R4'))).toEqual([]);
  });
});

describe('the format', () => {
  it.each([
    [{ Accept: 'application/fhir+json' }, ''],
    [{ Accept: 'application/fhir+json; fhirVersion=4.0' }, ''],
    [{ Accept: 'application/fhir+xml;q=1.0, application/fhir+json;q=0.9' }, ''],
    [{ Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }, ''],
    [{ Accept: 'application/fhir+xml' }, '?_format=json'],
    [{}, '?_format=application/fhir+json'],
  ])('%j %s is FHIR JSON', async (headers, query) => {
    await ask(`Organization${query}`, { headers: headers as never });
  });

  it('is plain JSON on request', async () => {
    const response = await fetch(`${fhirBase()}/Organization`, { headers: { Accept: 'application/json' } });
    expect(response.headers.get('Content-Type')).toBe('application/json; charset=utf-8');
    expect(response.headers.get('Vary')).toContain('Accept');
    expect(mistakesIn(await response.json())).toEqual([]);
  });

  it.each([
    [{ Accept: 'application/fhir+xml' }, ''],
    [{ Accept: 'application/fhir+json; fhirVersion=5.0' }, ''],
    [{}, '?_format=xml'],
    [{}, '?_format=constructor'],
  ])('%j %s is not available', async (headers, query) => {
    await refusal(`Organization${query}`, 406, { headers: headers as never });
  });
});

describe('the capability statement', () => {
  it('lists what exists, and nothing else', async () => {
    const statement = await ask<CapabilityStatement>('metadata');
    expect(statement).toMatchObject({
      fhirVersion: '4.0.1',
      kind: 'instance',
      implementation: { url: fhirBase() },
    });
    expect(statement.rest?.[0]?.security).toBeUndefined();
    const values: Record<string, string> = {
      _lastUpdated: '2026',
      active: 'true',
      identifier: 'urn:uuid:x',
    };
    for (const { type, searchParam = [], searchInclude = [], interaction = [] } of statement.rest?.[0]
      ?.resource ?? []) {
      expect(interaction.map(({ code }) => code)).toEqual(['read', 'search-type']);
      const query = searchParam.map(({ name }) => `${name}=${values[name] ?? 'x'}`);
      await ask(`${type}?${[...query, ...searchInclude.map((include) => `_include=${include}`)].join('&')}`);
    }
    expect(statement.rest?.[0]?.resource).toHaveLength(3);
  });

  it('is in the OpenAPI document', async () => {
    const document = (await (await fetch(`${api.url}/openapi.json`)).json()) as {
      paths: Record<string, unknown>;
    };
    expect(Object.keys(document.paths).filter((path) => path.startsWith('/fhir/R4/'))).toEqual([
      '/fhir/R4/metadata',
      ...['Practitioner', 'PractitionerRole', 'Organization'].flatMap((type) => [
        `/fhir/R4/${type}/{id}`,
        `/fhir/R4/${type}`,
        `/fhir/R4/${type}/_search`,
      ]),
    ]);
    expect(JSON.stringify(document.paths['/fhir/R4/Practitioner'])).toContain('"_lastUpdated"');
  });
});

describe('with tokens', () => {
  const made = createApiToken('viewer');
  const [role, hash = ''] = made.configured.split(':');
  const guarded = useApi(() => ({ http: { tokens: [{ role: role as Role, hash }] } }));

  it('everyone may read what is served, and how to access it', async () => {
    const statement = await ask<CapabilityStatement>(`${guarded.url}/fhir/R4/metadata`);
    expect(statement.rest?.[0]?.security?.description).toContain('Bearer');
  });

  it('everything else needs a token, and does not redirect to a login page', async () => {
    for (const path of ['Practitioner', 'Practitioner/1', 'Patient']) {
      const headers = { Accept: 'text/html,*/*;q=0.1' };
      expect(await refusal(`${guarded.url}/fhir/R4/${path}`, 401, { headers })).toEqual([
        ['login', expect.stringContaining('Bearer')],
      ]);
    }
  });

  it('reports in the form of FHIR that Postgres is unavailable', async () => {
    const headers = { Authorization: `Bearer ${made.token}` };
    expect(await refusal(`${guarded.url}/fhir/R4/Practitioner`, 503, { headers })).toEqual([
      ['transient', expect.any(String)],
    ]);
  });
});
