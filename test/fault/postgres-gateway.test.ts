import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectCalm, storeFailed } from '../support/calm-worker';
import { createAuthority, readPair } from '../support/certificates';
import { killCommands } from '../support/command';
import { expectWholeAtOnce } from '../support/expect-stored';
import { type PostgresGateway, startPostgresGateway } from '../support/postgres-gateway';
import { inScenario, type Scenario, until } from '../support/scenario';

/*
 * A gateway in front of Postgres that breaks between the fetch and the save in an unforeseen way. The run keeps its
 * answer, waits, and succeeds when the gateway works again.
 */

const PATIENCE_MS = 300_000;
const SLOW = { fault: 'slow', delayMs: 5_000 } as const;

let folder: string;
let trusted: { cert: string; key: string };
let expired: { cert: string; key: string };
let rootCertificate: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postgres-gateway-'));
  const authority = await createAuthority(folder, 'authority');
  rootCertificate = authority.cert;
  trusted = await readPair(await authority.issue('trusted'));
  expired = await readPair(await authority.issue('expired', -1));
});

afterAll(async () => {
  killCommands();
  await rm(folder, { recursive: true, force: true });
});

/** A message of Postgres' protocol: its code, its length and its content. */
function message(code: string, content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length + 4);
  return Buffer.concat([Buffer.from(code), length, content]);
}

interface Breakage {
  readonly tls: boolean;
  breakIt(gateway: PostgresGateway): void;
  mend(gateway: PostgresGateway): void;
}

function speaking(bytes: Buffer | string): Breakage {
  return {
    tls: false,
    breakIt: (gateway) => gateway.speak(Buffer.from(bytes)),
    mend: (gateway) => gateway.speak(null),
  };
}

const BREAKAGES: Record<string, Breakage> = {
  'presents an expired certificate': {
    tls: true,
    breakIt: (gateway) => gateway.present(expired),
    mend: (gateway) => gateway.present(trusted),
  },
  'speaks no TLS any more': {
    tls: true,
    breakIt: (gateway) => gateway.speak(Buffer.from('S\0\0\0\0')),
    mend: (gateway) => gateway.speak(null),
  },
  'answers in HTTP': speaking('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n'),
  'answers with a message that no Postgres sends': speaking(message('0', Buffer.alloc(8))),
  'asks for a way to log in that no client has': speaking(message('R', Buffer.from([0, 0, 0, 7]))),
};

function databaseUrl(scenario: Scenario, gateway: PostgresGateway, { tls }: Breakage): string {
  const url = new URL(scenario.databaseUrl);
  url.host = gateway.address;
  if (tls) {
    url.searchParams.set('sslmode', 'verify-full');
    url.searchParams.set('sslrootcert', rootCertificate);
  }
  return url.href;
}

describe('a gateway in front of Postgres', () => {
  it.concurrent.each(Object.entries(BREAKAGES))(
    'that %s only makes the run wait',
    (_, breakage) =>
      inScenario({ providers: [SLOW] }, async (scenario) => {
        const gateway = await startPostgresGateway(
          new URL(scenario.databaseUrl).host,
          breakage.tls ? trusted : undefined,
        );
        try {
          const url = databaseUrl(scenario, gateway, breakage);
          const worker = await scenario.startWorker(undefined, { DATABASE_URL: url });
          const started = await scenario.startRun();
          await until(() => scenario.calls('providers') === 1);
          breakage.breakIt(gateway);
          gateway.reset();
          await worker.says(storeFailed('persistProviders'));
          expect((await started.run()).status).toBe('running');
          breakage.mend(gateway);
          await expectWholeAtOnce(scenario, started);
          await expectCalm(worker);
        } finally {
          gateway.close();
        }
      })(),
    PATIENCE_MS,
  );

  it.concurrent(
    'that breaks while a failed run is recorded only delays the record',
    inScenario({ auth: [SLOW], providers: ['unauthorized'] }, async (scenario) => {
      const gateway = await startPostgresGateway(new URL(scenario.databaseUrl).host, trusted);
      const breakage = BREAKAGES['presents an expired certificate'] as Breakage;
      try {
        const url = databaseUrl(scenario, gateway, breakage);
        const worker = await scenario.startWorker(undefined, { DATABASE_URL: url });
        const { result, run } = await scenario.startRun();
        await until(() => scenario.calls('auth') === 1);
        breakage.breakIt(gateway);
        gateway.reset();
        await worker.says(storeFailed('closeRun'));
        expect((await run()).status).toBe('running');
        breakage.mend(gateway);
        await expect(result).rejects.toMatchObject({ cause: { type: 'RequestRejected' } });
        expect(await run()).toMatchObject({ status: 'failed', failure: { type: 'RequestRejected' } });
        await expectCalm(worker);
      } finally {
        gateway.close();
      }
    }),
    PATIENCE_MS,
  );
});
