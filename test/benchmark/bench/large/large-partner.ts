import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'yaml';
import { FORMS, type LargeList, type Sent } from './large-list';

/** A partner with a large list, which it sends compressed in each form. */
export interface LargePartner {
  readonly url: string;
  /** What it sends from now on. */
  list: LargeList | null;
  /** The people of the partner that has a small list. */
  readonly small: number;
  close(): Promise<void>;
}

/** The name of the partner with a small list. */
export const SMALL = 'small';
const SMALL_RECORDS = 10;

export async function startLargePartner(): Promise<LargePartner> {
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', partner.url);
    const path = pathname.slice(1);
    if (path === SMALL) {
      response.end(SMALL_BODY);
      return;
    }
    const body = partner.list?.body(path as Sent, Number(searchParams.get('after') ?? 1));
    // The caller may end first.
    if (body) await pipeline(body, response).catch(() => undefined);
    else response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const partner: LargePartner = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    list: null,
    small: SMALL_RECORDS,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return partner;
}

/** A partners.yaml with a partner for each form, named like the form, and one with a small list. */
export function largePartnersFile({ url }: LargePartner): string {
  const entries = [...FORMS, SMALL].map((name) => [name, entry(url, name)]);
  return stringify({ partners: Object.fromEntries(entries) });
}

function entry(url: string, name: string): object {
  return {
    baseUrl: url,
    deadline: '5m',
    maxBytes: 2 ** 30,
    providers: {
      path: `/${name}`,
      maximumCount: 10_000_000,
      ...(name === 'ndjson' ? { format: 'ndjson' } : { records: 'people' }),
      ...(name === 'pages' && { next: { cursor: { query: 'after', from: 'next' } } }),
    },
    fields: { givenName: 'given', familyName: 'family', title: 'title', clinic: 'clinic' },
    identity: ['id'],
    feed: 'snapshot',
  };
}

const SMALL_BODY = JSON.stringify({
  people: Array.from({ length: SMALL_RECORDS }, (_, number) => ({
    id: `small-${number}`,
    given: 'Ada',
    family: `Small ${number}`,
    title: 'Dr.',
    clinic: 'North Clinic',
  })),
});
