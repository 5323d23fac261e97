import type { Step } from '../../../src/simulator/simulator';
import { startReceiver } from '../../support/receiver';
import { until } from '../../support/scenario';
import { startSystem } from '../../support/system';

const PATIENCE_MS = 300_000;
/** The answers to all calls of a run that fails. */
const DOWN: { auth: Step[] } = { auth: ['error500', 'error500', 'error500'] };
describe('webhooks', () => {
  let receiver: Awaited<ReturnType<typeof startReceiver>>;
  let system: Awaited<ReturnType<typeof startSystem>>;

  beforeAll(async () => {
    receiver = await startReceiver();
    const { url, secret } = receiver;
    const pager = {
      url,
      secret: `whsec_${Buffer.alloc(32, 'new').toString('base64')}`,
      previousSecret: secret,
    };
    system = await startSystem({}, undefined, [], { pager });
  }, PATIENCE_MS);
  afterAll(async () => {
    await system?.stop();
    await receiver?.close();
  });

  /** The state of each message, in their order. */
  const states = async (): Promise<string[]> =>
    (await system.dataSource.query('SELECT state FROM webhook_messages ORDER BY sequence')).map(
      ({ state }: { state: string }) => state,
    );
  const hurry = () => system.dataSource.query('UPDATE webhook_messages SET next_attempt_at = now()');

  it(
    'report a failed run and what the next one changes, in order, without a name',
    async () => {
      await system.sync(DOWN);
      const { run } = await system.sync();
      await until(() => receiver.accepted.length === 3);
      const [failed, ...others] = receiver.accepted;
      expect(failed).toMatchObject({
        type: 'run.failed',
        data: {
          partner: 'noteworth',
          status: 'failed',
          failure: 'PartnerError',
          meaning: expect.any(String),
        },
      });
      expect(others.map(({ type }) => type).sort()).toEqual(['directory.changed', 'run.recovered']);
      const changed = others.find(({ type }) => type === 'directory.changed');
      expect(changed?.data).toMatchObject({ runId: run.id, added: 10, changed: 0, left: 0, isLast: true });
      const ids = await system.dataSource.query('SELECT id, family_name AS name FROM providers ORDER BY id');
      expect(changed?.data.providers).toEqual(
        ids.map(({ id }: { id: string }) => ({ id, change: 'added', fields: null })),
      );
      for (const { name } of ids) expect(receiver.bodies.join()).not.toContain(name);
      expect(receiver.forged).toEqual([]);
      // The receiver has a message before the worker records that.
      await until(async () => (await states()).join() === 'delivered,delivered,delivered');
    },
    PATIENCE_MS,
  );

  it(
    'are sent again under the same id until the receiver takes them; later ones wait',
    async () => {
      const before = receiver.accepted.length;
      const asked: string[] = [];
      const answers = [500, 302, 'die'] as const;
      receiver.answer = ({ id }) => {
        asked.push(id);
        return answers[asked.length - 1] ?? 200;
      };
      await system.sync(DOWN);
      await system.sync(DOWN);
      await until(async () => {
        await hurry();
        return receiver.accepted.length === before + 2;
      });
      const [first, second] = receiver.accepted.slice(before);
      expect(asked).toEqual([first?.id, first?.id, first?.id, first?.id, second?.id]);
    },
    PATIENCE_MS,
  );

  it(
    'are no longer sent to a receiver that answers 410',
    async () => {
      receiver.answer = () => 410;
      await system.sync(DOWN);
      const row = async () =>
        (await system.dataSource.query('SELECT name, failure, disabled_at FROM webhook_receivers'))[0];
      await until(async () => (await row()).disabled_at !== null);
      expect(await row()).toMatchObject({
        name: 'pager',
        failure: 'HTTP 410: the receiver wants nothing more',
      });
      await hurry();
      expect((await states()).at(-1)).toBe('waiting');
      expect(system.log()).not.toContain(receiver.secret);
      expect(system.log()).not.toContain(receiver.url);
    },
    PATIENCE_MS,
  );
});
