import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reachPartner } from '../../../src/partner/call/reach-partner';
import { createAuthority } from '../../support/certificates';

/*
 * A partner that accepts connections, and whose certificate must not be trusted.
 */

let folder: string;
let server: Server;
let baseUrl: string;
let requests = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'provider-sync-partner-'));
  const authority = await createAuthority(folder, 'partners');
  const { cert, key } = await authority.issue('expired', -1);
  server = createServer({ cert: await readFile(cert), key: await readFile(key) }, (_request, response) => {
    requests += 1;
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  baseUrl = `https://localhost:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

describe('a partner over TLS', () => {
  it('is not reachable with an expired certificate, which is named, and gets no request', async () => {
    expect(await reachPartner({ baseUrl }, AbortSignal.timeout(5_000))).toEqual({
      kind: 'certificate',
      reason: expect.stringMatching(/^expired on \d{4}-\d\d-\d\d \(CERT_HAS_EXPIRED\)$/),
      since: expect.any(String),
    });
    expect(requests).toBe(0);
  });

  it('is not reachable where it does not answer at all', async () => {
    expect(await reachPartner({ baseUrl: 'https://127.0.0.1:1' }, AbortSignal.timeout(5_000))).toEqual({
      kind: 'connection',
      reason: 'ECONNREFUSED',
      since: null,
    });
  });
});
