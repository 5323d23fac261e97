import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/**
 * What the partner does with one call for a page. `hang`: it never answers. `first`: it sends page 1 again. `back`: its
 * link leads to page 2.
 */
export type PageOutcome = 'ok' | 'hang' | 'cut' | 'expired' | 'error500' | 'first' | 'back';

/** A call to the partner. `page` counts from 1; it is null for a call to its auth endpoint. */
export interface CountedCall {
  readonly page: number | null;
}

/** A partner whose list has several pages, each at an offset. Every token replaces the one before. */
export interface PagedPartner {
  readonly url: string;
  readonly calls: readonly CountedCall[];
  /** The number of calls for a page; null for the auth endpoint. */
  count(page: number | null): number;
  /** Decides about each call for a page. `nth` counts the calls for this page, from 1. */
  onPage: (page: number, nth: number) => PageOutcome | Promise<PageOutcome>;
  /** The number of records that a page announces. */
  totalOn: (page: number) => number;
  close(): Promise<void>;
}

/** The records of a page. */
export const PAGED_SIZE = 10;

/** The name of the person with this number, from 0. */
export function personOf(index: number): string {
  return `Given${index}|Family${index}|Dr.|North`;
}

/** @param records the number of people in the list */
export async function startPagedPartner(records: number): Promise<PagedPartner> {
  const calls: CountedCall[] = [];
  let token = '';
  const count = (page: number | null) => calls.filter((call) => call.page === page).length;
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://partner');
    if (url.pathname === '/auth') {
      calls.push({ page: null });
      token = `token-${calls.length}`;
      response.writeHead(200, { 'X-Token': token }).end();
      return;
    }
    const body = await text(request);
    const skip = Number(url.searchParams.get('skip') ?? (body && JSON.parse(body).range?.skip) ?? 0);
    const page = Math.ceil(skip / PAGED_SIZE) + 1;
    calls.push({ page });
    const outcome = await partner.onPage(page, count(page));
    if (outcome === 'expired') token = '';
    if (request.headers['x-token'] !== token) response.writeHead(403).end();
    else {
      const list = listFrom(outcome === 'first' ? 0 : skip, records);
      const next = outcome === 'back' ? PAGED_SIZE : skip + PAGED_SIZE;
      const link = next < records ? `/list?skip=${next}` : null;
      answer(response, outcome, JSON.stringify({ total: partner.totalOn(page), next: link, items: list }));
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const partner: PagedPartner = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    count,
    onPage: () => 'ok',
    totalOn: () => records,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return partner;
}

/** The entry of such a partner in partners.yaml. */
export function pagedEntry(url: string, changes: object = {}) {
  return {
    baseUrl: url,
    retryDelay: '10ms',
    auth: { path: '/auth', tokenHeader: 'X-Token' },
    providers: {
      path: '/list',
      headers: { 'X-Token': '=token' },
      records: 'items',
      next: { offset: 'skip' },
      total: 'total',
    },
    fields: { givenName: 'given', familyName: 'family', title: 'title', clinic: 'clinic' },
    identity: ['id'],
    feed: 'snapshot',
    ...changes,
  };
}

function listFrom(skip: number, records: number): object[] {
  const length = Math.max(0, Math.min(PAGED_SIZE, records - skip));
  return Array.from({ length }, (_, index) => ({
    id: String(skip + index),
    given: `Given${skip + index}`,
    family: `Family${skip + index}`,
    title: 'Dr.',
    clinic: 'North',
  }));
}

function answer(response: ServerResponse, outcome: PageOutcome, body: string): void {
  if (outcome === 'hang') return;
  if (outcome === 'error500') response.writeHead(500).end();
  else response.writeHead(200).end(outcome === 'cut' ? body.slice(0, body.length / 2) : body);
}
