import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Partner } from '../../src/partner/config/partner';
import { parsePartners } from '../../src/partner/config/partners-file';
import { readPages } from './read-pages';

/** A request as one of these servers sees it. */
interface Seen {
  readonly method: string;
  readonly path: string;
  /** As sent, without the question mark. */
  readonly search: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What one of these servers answers. */
export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: unknown;
}

/** An API that shares nothing with the simulator. An answer of undefined is a 404. */
export type Api = (seen: Seen) => Reply | undefined;

let server: Server | undefined;

/** Ends the API after each test of a file. */
export function endApis(): void {
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });
}

/** Starts the API, and returns the partner of this entry at its address. */
export async function connect(entry: string, api: Api): Promise<Partner> {
  server = createServer(async (request, response) => {
    const [path = '', search = ''] = (request.url ?? '').split('?');
    const { method = '', headers } = request;
    const body = await text(request);
    const reply = api({ method, path, search, query: new URLSearchParams(search), headers, body });
    const { status = reply ? 200 : 404, headers: more = {}, body: sent = '' } = reply ?? {};
    response.writeHead(status, { ...more });
    response.end(typeof sent === 'string' || Buffer.isBuffer(sent) ? sent : JSON.stringify(sent));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const indented = entry.trim().replace(/^/gm, '    ');
  const partner = parsePartners(
    `partners:\n  one:\n    baseUrl: ${url}\n${indented}\n    feed: snapshot\n`,
    {},
  ).get('one');
  if (partner === undefined) throw new Error('The entry has no partner.');
  return partner;
}

/** The people of these APIs. */
export const NAMES = ['Ada Byron', 'Grace Hopper', 'Mary Seacole', 'Elizabeth Blackwell', 'Rebecca Crumpler'];
export const PEOPLE = NAMES.map((name, index) => {
  const [first = '', last = ''] = name.split(' ');
  return { id: index + 1, first, last };
});
/** How entries name their fields. */
export const FIELDS = 'fields: { givenName: first, familyName: last }\nidentity: [id]';

/** The names of all people that the partner sends. */
export async function namesOf(partner: Partner): Promise<string[]> {
  const { providers, rejected } = await readPages(partner);
  expect(rejected).toEqual([]);
  return providers.map(({ givenName, familyName }) => `${givenName} ${familyName}`);
}

/** A page of a list; the first has the number 0. */
export function page<T>(list: readonly T[], number: number, size = 2): readonly T[] {
  return list.slice(number * size, (number + 1) * size);
}
