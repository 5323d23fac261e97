import {
  ask,
  type Bundle,
  fhirBase,
  find,
  idOf,
  LAKESIDE,
  names,
  ODD_CLINIC,
  refusal,
  useFhirDirectory,
} from '../../support/fhir-directory';

useFhirDirectory();

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
    ['name=lakeside', []],
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
    for (const reference of [id, `Practitioner/${id}`, `${fhirBase()}/Practitioner/${id}`]) {
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
    expect(bundle.link).toEqual([{ relation: 'self', url: `${fhirBase()}/Practitioner?family=anders` }]);
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
