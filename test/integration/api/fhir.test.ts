import type {
  Bundle as AnyBundle,
  CapabilityStatement,
  FhirResource,
  OperationOutcome,
  PractitionerRole,
} from 'fhir/r4';
import type { CheckedProvider } from '../../../src/contract/answer';
import { createApiToken, type Role } from '../../../src/process/api-tokens';
import { clinicKey } from '../../../src/store/schema/clinic-key';
import { askExactly, startTestApi, type TestApi, useApi } from '../../support/api';
import { mistakesIn } from '../../support/fhir';
import { provider, sync, useStore } from '../../support/store-fixtures';

type Bundle = AnyBundle<FhirResource>;

const FHIR_JSON = 'application/fhir+json; charset=utf-8';
const LAKESIDE = clinicKey({ partner: 'noteworth', name: 'Lakeside Clinic' });
const ODD_CLINIC = "St. Mary's \\ “Süd” 東京\\\\000";
const LONG_CLINIC = `The ${'very '.repeat(600)}long clinic`;

const people: Partial<CheckedProvider>[] = [
  { givenName: 'Zoë', familyName: "O'Hara", title: 'Dr.', clinic: 'Lakeside Clinic' },
  { givenName: 'Zoe Ann', familyName: 'Ohara-Jones', title: 'NP', clinic: 'Lakeside Clinic' },
  { givenName: 'Ann', familyName: 'Smith', title: 'PA', clinic: 'LAKESIDE clinic' },
  { givenName: 'Joanne', familyName: 'Smith-Jones', title: null, clinic: ODD_CLINIC },
  { givenName: 'Li', familyName: '李', title: 'Dr.', clinic: LONG_CLINIC },
  { givenName: 'Łukasz', familyName: 'Nowak, Jr', title: 'Dr.', clinic: null },
];
const ann = { givenName: 'Ann', familyName: 'Anders', title: 'Dr.', clinic: 'Lakeside Clinic' };

const store = useStore({ keepRows: true });
const api = useApi(() => ({ dataSource: store.dataSource }));
let base: string;

beforeAll(async () => {
  base = `${api.url}/fhir/R4`;
  const noteworth = people.map((fields, number) => provider(`n${number}`, fields));
  await sync(store.dataSource, 'sample', noteworth);
  // The earlier list of another partner had one more provider.
  const other = [provider('o0', { givenName: 'Gone', familyName: 'Long' }), provider('o1', ann)];
  await sync(store.dataSource, 'snapshot', other, 'other');
  await sync(store.dataSource, 'snapshot', other.slice(1), 'other');
});

/** Asks and validates the answer. */
async function ask<T extends FhirResource>(
  path: string,
  { status = 200, ...init }: RequestInit & { status?: number } = {},
): Promise<T> {
  const response = await fetch(path.startsWith('http') ? path : `${base}/${path}`, init);
  const resource = await response.json();
  expect(mistakesIn(resource)).toEqual([]);
  expect([response.status, response.headers.get('Content-Type'), resource]).toEqual([
    status,
    FHIR_JSON,
    expect.anything(),
  ]);
  return resource as T;
}

async function refusal(path: string, status: number, init: RequestInit = {}) {
  const outcome = await ask<OperationOutcome>(path, { ...init, status });
  expect(outcome.resourceType).toBe('OperationOutcome');
  return outcome.issue.map(({ code, diagnostics }) => [code, diagnostics]);
}

/** The resources of all pages of a search. Each page is checked for what every page must have. */
async function find(path: string, init: RequestInit = {}): Promise<FhirResource[]> {
  const found: FhirResource[] = [];
  let next: string | undefined = path;
  while (next !== undefined) {
    const bundle: Bundle = await ask<Bundle>(next, init);
    const entries = bundle.entry ?? [];
    const urls = entries.map(({ fullUrl }) => fullUrl);
    expect(new Set(urls).size).toBe(urls.length);
    for (const { fullUrl, resource } of entries) {
      expect(fullUrl).toBe(`${base}/${resource?.resourceType}/${resource?.id}`);
    }
    found.push(...entries.flatMap(({ resource, search }) => (search?.mode === 'match' && resource) || []));
    next = bundle.link?.find(({ relation }) => relation === 'next')?.url;
  }
  return found;
}

/** The names of the resources of a search, in its order. */
async function names(path: string, init: RequestInit = {}): Promise<(string | undefined)[]> {
  const resources = await find(path, init);
  return resources.map((resource) => {
    if (resource.resourceType === 'Practitioner') return resource.name?.[0]?.text;
    if (resource.resourceType === 'PractitionerRole') return resource.practitioner?.display;
    if (resource.resourceType === 'Organization') return resource.name;
    return resource.resourceType;
  });
}

async function idOf(family: string): Promise<string> {
  const [practitioner] = await find(
    `Practitioner?family:exact=${encodeURIComponent(family.replaceAll(',', '\\,'))}`,
  );
  if (practitioner?.id === undefined) throw new Error(`There is no ${family}`);
  return practitioner.id;
}

describe('the directory as FHIR', () => {
  it('reads a practitioner, with the time of its last change', async () => {
    const id = await idOf("O'Hara");
    const practitioner = await ask(`Practitioner/${id}`);
    expect(practitioner).toMatchObject({ id, active: true, name: [{ family: "O'Hara", prefix: ['Dr.'] }] });
    const { headers } = await fetch(`${base}/Practitioner/${id}`, { method: 'HEAD' });
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
    expect(self).toEqual({ relation: 'self', url: `${base}/Practitioner?family=smith&_count=1` });
    expect(next?.relation).toBe('next');
    const second = await ask<Bundle>(next?.url ?? '');
    expect(second.link).toEqual([{ relation: 'self', url: next?.url }]);
    expect(await ask(self?.url ?? '')).toEqual(first);
  });
});

describe('a search for practitioners', () => {
  const [ZOE, ZOE_ANN, ANN_SMITH] = ["Dr. Zoë O'Hara", 'Zoe Ann Ohara-Jones, NP', 'Ann Smith, PA'];
  const [JOANNE, LI, LUKASZ] = ['Joanne Smith-Jones', 'Dr. Li 李', 'Dr. Łukasz Nowak, Jr'];
  const [ANN, GONE] = ['Dr. Ann Anders', 'Dr. Gone Long'];

  it.each([
    ['', [ANN, GONE, LUKASZ, ZOE, ZOE_ANN, ANN_SMITH, JOANNE, LI]],
    ['family=ohara', [ZOE, ZOE_ANN]],
    ["family=O'H", [ZOE, ZOE_ANN]],
    ['family=SMÍTH', [ANN_SMITH, JOANNE]],
    ['family=jones', []],
    ['family=李', [LI]],
    ['family=nowak\\, jr', [LUKASZ]],
    ["family='", []],
    ['family=_', []],
    ['family=%25', []],
    ['family:contains=jones', [ZOE_ANN, JOANNE]],
    ['family:contains=an', [ANN]],
    ['family:exact=Smith', [ANN_SMITH]],
    ['family:exact=smith', []],
    ['given=zoe', [ZOE, ZOE_ANN]],
    ['given=ann', [ANN, ANN_SMITH]],
    ['given=lukasz', [LUKASZ]],
    ['given=smith', []],
    ['given:contains=ann', [ANN, ZOE_ANN, ANN_SMITH, JOANNE]],
    ['given:exact=Zoë', [ZOE]],
    ['given:exact=Zoe', []],
    ['name=jones zoe', [ZOE_ANN]],
    ['name:contains=ann', [ANN, ZOE_ANN, ANN_SMITH, JOANNE]],
    ['given=ann&family=smith', [ANN_SMITH]],
    ['active=false', [GONE]],
    ['active=true&given=ann', [ANN, ANN_SMITH]],
    ['_sort=family&family=smith', [ANN_SMITH, JOANNE]],
    ['_lastUpdated=lt2000', []],
    ['_lastUpdated=ge2000-01-01T00:00:00%2B02:00&_lastUpdated=lt9999&given=li', [LI]],
    ['_lastUpdated=gt9999', []],
    ['_id=nobody', []],
    ['_id=', null],
  ])('%s', async (query, expected) => {
    if (expected) expect(await names(`Practitioner?${query}`)).toEqual(expected);
    else expect(await refusal(`Practitioner?${query}`, 400)).toEqual([['value', expect.any(String)]]);
  });

  it('by id, identifier, or several of them', async () => {
    const [one, two] = [await idOf('Anders'), await idOf('Smith')];
    for (const query of [
      `_id=${one},${two}`,
      `_id=${one},${two},unknown&_id=${two},${one}`,
      `identifier=urn:uuid:${one},urn:ietf:rfc:3986|urn:uuid:${two}`,
    ]) {
      expect(await names(`Practitioner?${query}`)).toEqual([ANN, ANN_SMITH]);
    }
    expect(await names(`Practitioner?_id=${one}&identifier=urn:uuid:${two}`)).toEqual([]);
    expect(await names(`Practitioner?identifier=${one}`)).toEqual([]);
    expect(await names(`Practitioner?identifier=|urn:uuid:${one}`)).toEqual([]);
  });

  it('by the time of the last change, to the millisecond, the latest first', async () => {
    const all = await find('Practitioner?_sort=-_lastUpdated&_count=2');
    const times = all.map(({ meta }) => meta?.lastUpdated ?? '');
    expect(all).toHaveLength(8);
    expect(times).toEqual([...times].sort().reverse());
    const upwards = await find('Practitioner?_sort=_lastUpdated&_count=2');
    expect(upwards.map(({ meta }) => meta?.lastUpdated)).toEqual([...times].sort());
    const [latest = ''] = times;
    const amount = (path: string) => find(path).then(({ length }) => length);
    const same = times.filter((time) => time === latest).length;
    expect(await amount(`Practitioner?_lastUpdated=${latest}`)).toBe(same);
    expect(await amount(`Practitioner?_lastUpdated=ge${latest}`)).toBe(same);
    expect(await amount(`Practitioner?_lastUpdated=gt${latest}`)).toBe(0);
    expect(await amount(`Practitioner?_lastUpdated=le${latest}`)).toBe(8);
    expect(await amount(`Practitioner?_lastUpdated=lt${latest}`)).toBe(8 - same);
    expect(await amount(`Practitioner?_lastUpdated=${latest.slice(0, 4)}`)).toBe(8);
  });

  it('with its parameters in a form', async () => {
    const form = { method: 'POST', body: new URLSearchParams({ family: 'smith', _count: '1' }) };
    const bundle = await ask<Bundle>('Practitioner/_search?given=ann', form);
    expect(bundle.link?.[0]?.url).toMatch(/\/Practitioner\?_cursor=[\w-]+$/);
    expect(await ask<Bundle>(bundle.link?.[0]?.url ?? '')).toEqual(bundle);
    expect(bundle.entry?.map(({ resource }) => resource)).toEqual(
      await find('Practitioner?family=smith&given=ann'),
    );
  });
});

describe('a search for roles', () => {
  it('by practitioner or organization', async () => {
    const id = await idOf("O'Hara");
    for (const reference of [id, `Practitioner/${id}`, `${base}/Practitioner/${id}`]) {
      expect(await names(`PractitionerRole?practitioner=${reference}`)).toEqual(["Dr. Zoë O'Hara"]);
    }
    expect(await names(`PractitionerRole?practitioner=https://elsewhere.example/Practitioner/${id}`)).toEqual(
      [],
    );
    expect(await names(`PractitionerRole?organization=Organization/${LAKESIDE}`)).toEqual([
      "Dr. Zoë O'Hara",
      'Zoe Ann Ohara-Jones, NP',
    ]);
    expect(await names(`PractitionerRole?organization=Practitioner/${LAKESIDE}`)).toEqual([]);
    expect(await names('PractitionerRole?organization=none')).toEqual([]);
    expect(await names(`PractitionerRole?organization=${LAKESIDE}&practitioner=${id}`)).toHaveLength(1);
  });

  it('includes each resource to which the roles refer, once', async () => {
    const bundle = await ask<Bundle>(
      `PractitionerRole?organization=${LAKESIDE}&_include=PractitionerRole:practitioner&_include=PractitionerRole:organization`,
    );
    expect(bundle.entry?.map(({ search, resource }) => `${search?.mode} ${resource?.resourceType}`)).toEqual([
      'match PractitionerRole',
      'match PractitionerRole',
      'include Practitioner',
      'include Organization',
      'include Practitioner',
    ]);
    const there = bundle.entry?.map(({ resource }) => `${resource?.resourceType}/${resource?.id}`);
    for (const { resource } of bundle.entry ?? []) {
      if (resource?.resourceType !== 'PractitionerRole') continue;
      expect(there).toContain(resource.practitioner?.reference);
      expect(there).toContain(resource.organization?.reference);
    }
  });
});

describe('a search for organizations', () => {
  it('by the beginning of the name, or by the whole name', async () => {
    expect(await names('Organization?name=lakeside')).toHaveLength(3);
    expect(await names('Organization?name:exact=LAKESIDE clinic')).toEqual(['LAKESIDE clinic']);
    expect(await names(`Organization?name=${encodeURIComponent("st mary's sud")}`)).toEqual([ODD_CLINIC]);
    expect(await names('Organization?name=clinic')).toEqual([]);
    expect(await names("Organization?name='")).toEqual([]);
  });

  it('by id', async () => {
    expect(await names(`Organization?_id=${LAKESIDE},none`)).toEqual(['Lakeside Clinic']);
    expect(await names(`Organization?_id=${LAKESIDE}&name=north`)).toEqual([]);
    expect(await names(`Organization?_id=${LAKESIDE.toUpperCase()}`)).toEqual([]);
  });
});

describe('a parameter that is not supported', () => {
  it('is reported with all other mistakes at once, and nothing is searched', async () => {
    const query = 'gender=male&family:sounds=x&_count=0&_sort=given&active=yes';
    expect((await refusal(`Practitioner?${query}`, 400)).sort()).toEqual([
      ['not-supported', '_sort supports only family or name or _lastUpdated or -_lastUpdated.'],
      ['not-supported', expect.stringContaining('family:sounds has a modifier that is not supported')],
      ['not-supported', expect.stringContaining('gender is not a search parameter of Practitioner')],
      ['value', '_count has to be a number from 1 to 200.'],
      ['value', 'active has to be true or false.'],
    ]);
  });

  it('has at most 20 issues, in an address and in a form', async () => {
    const names = Array.from({ length: 2_000 }, (_, number) => `x${number}=`);
    expect(await refusal(`Practitioner?${names.slice(0, 1_500).join('&')}`, 400)).toHaveLength(20);
    const form = {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: names.join('1&'),
    };
    expect(await refusal('Practitioner/_search', 400, form)).toHaveLength(20);
  });

  it('is ignored for a lenient sender and left out of the link, unlike a wrong value', async () => {
    const headers = { Prefer: 'respond-async, handling=lenient' };
    const bundle = await ask<Bundle>('Practitioner?gender=male&family=anders&__proto__=1&constructor=2', {
      headers,
    });
    expect(bundle.link).toEqual([{ relation: 'self', url: `${base}/Practitioner?family=anders` }]);
    expect(bundle.entry).toHaveLength(1);
    expect(await refusal('Practitioner?active=yes', 400, { headers })).toHaveLength(1);
  });

  it.each([
    'Practitioner?_lastUpdated=yesterday',
    'Practitioner?_lastUpdated=2026-02-30',
    'Practitioner?_lastUpdated=0000',
    'Practitioner?_lastUpdated=ne2026',
    'Practitioner?_lastUpdated=ge2026&_lastUpdated=ge2025',
    'Practitioner?family=a,b',
    'Practitioner?name=,',
    'Practitioner?name=%20',
    'Practitioner?name:contains=%E3%80%80',
    'Practitioner?family:contains=%20',
    'Organization?name=,',
    'Practitioner?family=%00',
    `Practitioner?family=${'x'.repeat(201)}`,
    `Practitioner?_id=${'x,'.repeat(201)}`,
    `Practitioner?name=${Array.from({ length: 21 }, (_, number) => `x${number}`).join(' ')}`,
    'Practitioner?family=a&family=b',
    'Practitioner?_count=-1',
    'Practitioner?_cursor=nonsense',
    'Practitioner?_cursor=WyJuYW1lIl0',
    'Organization?_cursor=WyJuYW1lIl0x',
    'Organization?name:contains=x',
    'PractitionerRole?practitioner.name=x',
    'PractitionerRole?_include=*',
    'Practitioner?_include=Practitioner:organization',
    'Practitioner?toString=1',
  ])('%s', async (path) => {
    await refusal(path, 400);
  });

  it('is a type or an operation that does not exist', async () => {
    expect(await refusal('Patient', 404)).toEqual([
      ['not-found', 'There is no Patient here; see /fhir/R4/metadata.'],
    ]);
    await refusal('', 404);
    await refusal('Practitioner/1/_history', 404);
    for (const id of ['1', 'a_b', '%00', LAKESIDE]) await refusal(`Practitioner/${id}`, 404);
    for (const id of ['1', '%00', LAKESIDE.toUpperCase(), `${LAKESIDE}00`]) {
      await refusal(`Organization/${id}`, 404);
    }
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('is a %s, because the API is read-only', async (method) => {
    const init = { method, headers: { 'Content-Type': 'application/fhir+json' }, body: '{}' };
    expect(await refusal('Practitioner', 405, init)).toEqual([['not-supported', expect.any(String)]]);
  });

  it('is a form that cannot be read', async () => {
    const headers = { 'Content-Type': 'application/fhir+json' };
    await refusal('Practitioner/_search', 415, { method: 'POST', headers, body: '{}' });
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
    const response = await fetch(`${base}/Organization`, { headers: { Accept: 'application/json' } });
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
      implementation: { url: base },
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
