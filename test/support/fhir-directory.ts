import type { Bundle as AnyBundle, FhirResource, OperationOutcome } from 'fhir/r4';
import type { CheckedProvider } from '../../src/contract/answer';
import { clinicKey } from '../../src/store/schema/clinic-key';
import { type TestApi, useApi } from './api';
import { mistakesIn } from './fhir';
import { provider, sync, type TestStore, useStore } from './store-fixtures';

export type Bundle = AnyBundle<FhirResource>;

const FHIR_JSON = 'application/fhir+json; charset=utf-8';
export const LAKESIDE = clinicKey({ partner: 'noteworth', name: 'Lakeside Clinic' });
export const ODD_CLINIC = "St. Mary's \\ “Süd” 東京\\\\000";
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

let base: string;

/** Serves a directory of two partners as FHIR, for the tests of a file. Call it once in a file. */
export function useFhirDirectory(): { readonly store: TestStore; readonly api: TestApi } {
  const store = useStore({ keepRows: true });
  const api = useApi(() => ({ dataSource: store.dataSource }));
  beforeAll(async () => {
    base = `${api.url}/fhir/R4`;
    const noteworth = people.map((fields, number) => provider(`n${number}`, fields));
    await sync(store.dataSource, 'sample', noteworth);
    // The earlier list of another partner had one more provider.
    const other = [provider('o0', { givenName: 'Gone', familyName: 'Long' }), provider('o1', ann)];
    await sync(store.dataSource, 'snapshot', other, 'other');
    await sync(store.dataSource, 'snapshot', other.slice(1), 'other');
  });
  return { store, api };
}

/** The address of the FHIR API. */
export function fhirBase(): string {
  return base;
}

/** Asks and validates the answer. */
export async function ask<T extends FhirResource>(
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

/** The code and the text of each issue of a refused request. */
export async function refusal(path: string, status: number, init: RequestInit = {}) {
  const outcome = await ask<OperationOutcome>(path, { ...init, status });
  expect(outcome.resourceType).toBe('OperationOutcome');
  return outcome.issue.map(({ code, diagnostics }) => [code, diagnostics]);
}

/** The resources of all pages of a search. Each page is checked for what every page must have. */
export async function find(path: string, init: RequestInit = {}): Promise<FhirResource[]> {
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
export async function names(path: string, init: RequestInit = {}): Promise<(string | undefined)[]> {
  const resources = await find(path, init);
  return resources.map((resource) => {
    if (resource.resourceType === 'Practitioner') return resource.name?.[0]?.text;
    if (resource.resourceType === 'PractitionerRole') return resource.practitioner?.display;
    if (resource.resourceType === 'Organization') return resource.name;
    return resource.resourceType;
  });
}

/** The id of the practitioner with this family name. */
export async function idOf(family: string): Promise<string> {
  const [practitioner] = await find(
    `Practitioner?family:exact=${encodeURIComponent(family.replaceAll(',', '\\,'))}`,
  );
  if (practitioner?.id === undefined) throw new Error(`There is no ${family}`);
  return practitioner.id;
}
