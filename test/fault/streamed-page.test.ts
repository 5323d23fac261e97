import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { stringify } from 'yaml';
import { killCommands } from '../support/command';
import { pagedEntry, personOf } from '../support/paged-partner';
import { inScenario, type Scenario, until } from '../support/scenario';
import { directory } from '../support/system';
import { startWorkerHereWithPartners, startWorkerWithPartners } from '../support/worker-with-partners';

/*
 * A page over 1 MiB is staged while it arrives. Here its worker or Postgres fails when half of it has arrived.
 */

afterAll(killCommands);

const PATIENCE_MS = 300_000;
const RECORDS = 16_000;
const LINES = Array.from({ length: RECORDS }, (_, index) => {
  const record = {
    id: `${index}`,
    given: `Given${index}`,
    family: `Family${index}`,
    title: 'Dr.',
    clinic: 'North',
  };
  return `${JSON.stringify(record)}\n`;
});
const EVERYONE = LINES.map((_, index) => personOf(index)).sort();

/** A partner with one large file. In its first answer it waits in the middle. */
async function startFilePartner(inTheMiddle: () => Promise<void>) {
  let calls = 0;
  const server = createServer(async (_request, response) => {
    calls += 1;
    response.writeHead(200).write(LINES.slice(0, RECORDS / 2).join(''));
    if (calls === 1) await inTheMiddle();
    response.end(LINES.slice(RECORDS / 2).join(''));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: () => calls,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Whether records of a page are being written. */
async function isStaging({ dataSource }: Scenario): Promise<boolean> {
  const [row]: [{ count: number }] = await dataSource.query(
    `SELECT count(*)::integer AS count FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'provider-sync worker' AND query LIKE 'COPY%'`,
  );
  return row.count > 0;
}

/** A run whose large page meets a fault in its middle. It needs a second call, and nothing else. */
function meeting(
  fault: (scenario: Scenario, kill: () => Promise<void>) => Promise<void>,
): () => Promise<void> {
  return inScenario({}, async (scenario) => {
    const partner = await startFilePartner(async () => {
      await until(() => isStaging(scenario));
      await fault(scenario, async () => {
        await (await worker).end('SIGKILL');
        await startWorkerHereWithPartners(scenario, partners);
      });
    });
    const providers = { path: '/list', format: 'ndjson' };
    const entry = pagedEntry(partner.url, { auth: undefined, providers, maxBytes: 64 * 2 ** 20 });
    const partners = stringify({ partners: { noteworth: entry } });
    const worker = startWorkerWithPartners(scenario, partners);
    try {
      await worker;
      const { result } = await scenario.startRun();
      expect(await result).toMatchObject({ status: 'succeeded', received: RECORDS, inserted: RECORDS });
      expect(await directory(scenario.dataSource)).toEqual(EVERYONE);
      expect(partner.calls()).toBe(2);
      expect(await scenario.dataSource.query('SELECT run_id FROM staged_records LIMIT 1')).toEqual([]);
    } finally {
      await partner.close();
    }
  });
}

describe('a page that is staged while it arrives', () => {
  it.concurrent(
    'is fetched and staged once more if its worker is killed',
    meeting((_scenario, kill) => kill()),
    PATIENCE_MS,
  );

  it.concurrent(
    'is fetched and staged once more if Postgres ends all sessions',
    meeting((scenario) => scenario.endSessions()),
    PATIENCE_MS,
  );
});
