import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reachPartner } from '../../../src/partner/call/reach-partner';
import { ask } from '../../support/api';
import { createAuthority } from '../../support/certificates';
import { killCommands } from '../../support/command';
import { doctor, healthOf, startApiOf } from '../../support/health';
import { partnerWith } from '../../support/partners';
import { inScenario } from '../../support/scenario';

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
  killCommands();
  server.close();
  await rm(folder, { recursive: true });
});

describe('a partner over TLS', () => {
  it('is not reachable with an expired certificate, which is named, and gets no request', async () => {
    expect(await reachPartner({ baseUrl }, AbortSignal.timeout(60_000))).toEqual({
      kind: 'certificate',
      reason: expect.stringMatching(/^expired on \d{4}-\d\d-\d\d \(CERT_HAS_EXPIRED\)$/),
      since: expect.any(String),
    });
    expect(requests).toBe(0);
  });

  it('is not reachable if it does not answer at all', async () => {
    expect(await reachPartner({ baseUrl: 'https://127.0.0.1:1' }, AbortSignal.timeout(60_000))).toEqual({
      kind: 'connection',
      reason: 'ECONNREFUSED',
      since: null,
    });
  });

  it(
    'with an expired certificate is failing everywhere, since it expired',
    inScenario({}, async (scenario) => {
      await scenario.startWorker();
      const partners = new Map([['noteworth', partnerWith({ baseUrl })]]);
      const api = await startApiOf(scenario, { partners });
      try {
        const { status, findings } = await healthOf(api);
        expect(status).toBe('failing');
        const [worst] = findings;
        expect(worst).toMatchObject({
          code: 'partner-certificate-invalid',
          partner: 'noteworth',
          sinceAtLeast: false,
          what: expect.stringMatching(
            /^noteworth at https:.* has an invalid TLS certificate: expired on .* \(CERT_HAS_EXPIRED\)\.$/,
          ),
          advice: expect.stringContaining('Ask the partner to renew it'),
        });
        expect(Date.parse(worst?.since ?? '')).toBeLessThan(Date.now() - 60_000);
        const html = await ask<string>(api, '/', { headers: { Accept: 'text/html' } });
        expect(html.body).toMatch(/<h1>noteworth at https:\S+ has an invalid TLS certificate: expired on /);
        expect((await ask<string>(api, '/metrics')).body).toContain(
          'provider_sync_finding{code="partner-certificate-invalid",severity="failing",partner="noteworth"} 1',
        );
      } finally {
        await api.close();
      }
      const { code, text } = await doctor({ ...scenario.env, NOTEWORTH_BASE_URL: baseUrl });
      expect(code).toBe(2);
      expect(text).toMatch(/^FAIL {2}Partner .*expired on .*Since .*Ask the partner to renew it/m);
      expect(requests).toBe(0);
    }),
  );
});
