import type { Json } from '../../src/contract/answer';
import { FAMILY, type FamilyName } from '../../src/simulator/family/family';
import { type Simulator, startSimulator } from '../../src/simulator/simulator';

/** All tokens that the partners have given. */
export const tokens: string[] = [];
/** The simulator of a file's tests; see {@link useFamily}. */
export let simulator: Simulator;

export type Headers = Readonly<Record<string, string>>;

/** Starts the simulated partners without faults for the tests of a file. Each test begins with the same settings. */
export function useFamily(): void {
  beforeAll(async () => {
    simulator = await startSimulator({ records: 25, onToken: (token) => tokens.push(token) });
  });
  beforeEach(() => {
    for (const name of Object.keys(FAMILY) as FamilyName[]) {
      const { format, paging, pageSize } = FAMILY[name];
      simulator.family[name].reset();
      simulator.family[name].configure({
        records: 25,
        format,
        paging: paging.kind,
        pageSize,
        compression: 'none',
        links: 'absolute',
        tokenSeconds: 3600,
        rates: { auth: {}, providers: {} },
      });
    }
  });
  afterAll(() => simulator.close());
}

/** Reads an address of a partner. */
export async function get(name: FamilyName, path: string, headers: Headers = {}) {
  const response = await fetch(`${simulator.family[name].url}${path}`, { headers });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Requests a token of acme. */
export async function token(form: Headers, headers: Headers = {}) {
  const response = await fetch(`${simulator.family.acme.url}/oauth/token`, {
    method: 'POST',
    headers,
    body: new URLSearchParams(form),
  });
  return { status: response.status, body: (await response.json()) as { [key: string]: Json } };
}

/** What acme wants for a token. */
export const CLIENT = { grant_type: 'client_credentials', client_id: 'me', client_secret: 'acme-secret' };

/** The headers of a caller that acme knows. */
export async function bearer(): Promise<Headers> {
  return { Authorization: `Bearer ${(await token(CLIENT)).body.access_token}` };
}
