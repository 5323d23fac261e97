import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PageEnd, PlacedProvider } from '../../src/partner/answer/checked-page';
import { createPartnerClient, type PartnerClient } from '../../src/partner/call/partner-client';
import type { CallProgress } from '../../src/partner/call/request';
import { parsePartners } from '../../src/partner/config/partners-file';

/** The same three people in each format. */
export const BODIES = {
  json: Buffer.from(
    '{"list":[{"n":"Ann","f":"Lee"},{"n":"Zoë","f":"O\\"Hara"},{"n":"Bo","f":"[Ray]"}],"all":3}',
  ),
  ndjson: Buffer.from('{"n":"Ann","f":"Lee"}\n{"n":"Zoë","f":"O\\"Hara"}\n{"n":"Bo","f":"[Ray]"}\n'),
  csv: Buffer.from('n,f\r\nAnn,Lee\r\n"Zoë","O""Hara"\r\nBo,[Ray]\r\n'),
  lines: Buffer.from('Ann Lee\nZoë O"Hara\nBo [Ray]\n'),
} as const;
export const PEOPLE = ['Ann Lee', 'Zoë O"Hara', 'Bo [Ray]'];
export type Format = keyof typeof BODIES;

/** A body of this many people. */
export function longBody(format: Format, count: number): string {
  const records = Array.from({ length: count }, (_, n) => ({ n: `Ann ${n}`, f: 'Lee' }));
  if (format === 'json') return JSON.stringify({ list: records });
  if (format === 'ndjson') return records.map((record) => `${JSON.stringify(record)}\n`).join('');
  if (format === 'csv') return `n,f\n${records.map(({ n, f }) => `${n},${f}\n`).join('')}`;
  return records.map(({ n, f }) => `${n} ${f}\n`).join('');
}

interface Fetched {
  readonly end: PageEnd;
  readonly names: readonly string[];
}

interface Fetching {
  readonly cursor?: string | null;
  readonly signal?: AbortSignal;
  readonly receive?: () => Promise<void>;
  readonly progress?: CallProgress;
}

/** A partner whose answers a test writes byte by byte. */
export class PageServer {
  /** Writes the next answers. */
  answer: (response: ServerResponse, request: IncomingMessage) => unknown = (response) => response.end();
  /** The number of answers that have ended, completely or not. */
  closed = 0;
  private readonly server = createServer((request, response) => {
    response.on('close', () => {
      this.closed += 1;
    });
    this.answer(response, request);
  });

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** A client for a list of people in this format. */
  client(format: Format, changes: object = {}, providers: object = {}): PartnerClient {
    const entry = {
      baseUrl: this.url,
      deadline: '1m',
      providers: {
        path: '/list?size=2',
        format,
        ...(format === 'json' && { records: 'list' }),
        ...providers,
      },
      ...(format === 'lines'
        ? { fields: { familyName: 'line' }, optional: ['givenName'], identity: ['line'] }
        : { fields: { givenName: 'n', familyName: 'f' }, identity: ['n', 'f'] }),
      feed: 'snapshot',
      ...changes,
    };
    const partner = parsePartners(JSON.stringify({ partners: { some: entry } }), {}).get('some');
    return createPartnerClient(partner as NonNullable<typeof partner>);
  }
}

/** Fetches one page, and checks that its records are numbered. */
export async function fetchPage(client: PartnerClient, fetching: Fetching = {}): Promise<Fetched> {
  const { cursor = null, signal = new AbortController().signal, receive } = fetching;
  const { progress = { httpStatus: null, bytes: null } } = fetching;
  const providers: PlacedProvider[] = [];
  const request = { token: null, cursor, since: null };
  const end = await client.fetchPage(request, progress, signal, async (slice) => {
    providers.push(...slice.providers);
    await receive?.();
  });
  expect(providers.map(({ position }) => position)).toEqual(providers.map((_, position) => position));
  return { end, names: providers.map(({ givenName, familyName }) => `${givenName} ${familyName}`.trim()) };
}

export const failsAs = (type: string) => expect.objectContaining({ type });
