import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { PACKAGE_ROOT } from '../../src/process/package-root';
import { killCommands } from '../support/command';
import { startKillableServer } from '../support/killable-server';
import { type Receiver, startReceiver } from '../support/receiver';
import { inScenario, type Scenario, startScenario, until } from '../support/scenario';
import { startWorkerWithPartners } from '../support/worker-with-partners';

/* Webhooks while workers, Postgres and Temporal are killed with SIGKILL. */

afterAll(killCommands);

const PATIENCE_MS = 300_000;

/** The project's partners.yaml with this receiver. */
const withReceiver = ({ url, secret }: Receiver): string =>
  readFileSync(join(PACKAGE_ROOT, 'partners.yaml'), 'utf8') +
  stringify({ webhooks: { pager: { url, secret } } });

async function usingReceiver(test: (receiver: Receiver) => Promise<void>): Promise<void> {
  const receiver = await startReceiver();
  try {
    await test(receiver);
  } finally {
    await receiver.close();
  }
}

const waiting = async ({ dataSource }: Scenario): Promise<number> =>
  (
    await dataSource.query(`SELECT count(*)::integer AS count FROM webhook_messages WHERE state = 'waiting'`)
  )[0].count;

describe('what a run changed is reported', () => {
  it(
    'by another worker if the worker is killed between the save and the delivery',
    inScenario({}, (scenario) =>
      usingReceiver(async (receiver) => {
        // The receiver keeps the first worker waiting, so that it is killed while the message is on its way.
        receiver.answer = () => 'hang';
        const worker = await startWorkerWithPartners(scenario, withReceiver(receiver));
        await (await scenario.startRun()).result;
        expect(await waiting(scenario)).toBe(1);
        await until(() => receiver.bodies.length > 0);
        await worker.end('SIGKILL');
        receiver.answer = () => 200;
        await startWorkerWithPartners(scenario, withReceiver(receiver));
        await until(async () => (await waiting(scenario)) === 0);
        const ids = new Set(receiver.accepted.map(({ id }) => id));
        expect(ids.size).toBe(1);
        expect(receiver.accepted.at(-1)?.data).toMatchObject({ added: 10 });
      }),
    ),
    PATIENCE_MS,
  );

  it.each(['postgres', 'temporal'] as const)(
    'after %s was killed while the message was on its way',
    (kind) =>
      usingReceiver(async (receiver) => {
        const server = await startKillableServer(kind);
        const place = kind === 'postgres' ? { databaseUrl: server.url } : { temporalAddress: server.address };
        const scenario = await startScenario(place);
        try {
          receiver.answer = () => 'hang';
          await startWorkerWithPartners(scenario, withReceiver(receiver));
          await (await scenario.startRun()).result;
          await until(() => receiver.bodies.length > 0);
          await server.kill();
          receiver.answer = () => 200;
          await server.start();
          await until(async () => (await waiting(scenario).catch(() => 1)) === 0);
          expect(new Set(receiver.accepted.map(({ id }) => id)).size).toBe(1);
        } finally {
          await scenario.end();
          await server.end();
        }
      }),
    PATIENCE_MS,
  );
});
