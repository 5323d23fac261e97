import { randomBytes, randomUUID } from 'node:crypto';
import type { CheckedProvider } from '../../src/contract/answer';
import { payloadKeysSchema } from '../../src/process/payload-keys';
import { eraseProvider } from '../../src/store/erase/erase-provider';
import { getRun } from '../../src/store/runs/read-runs';
import { type SaveSyncInput, saveSync } from '../../src/store/save/save-sync';
import type { IterableAnswer } from '../../src/store/save/stage-providers';
import type { rejection } from './rejected';
import { answer, openedRun, provider, type TestStore } from './store-fixtures';
import { storedRows } from './stored-rows';

const key = (id: string) => `${id}:${randomBytes(32).toString('base64')}`;
export const [K1, K2, K3] = [key('k1'), key('k2'), key('k3')];
/** Payload keys, the first of which encrypts. */
export const keysOf = (...keys: string[]) => payloadKeysSchema.parse(keys.join(','));
export const PAYLOAD_KEYS = keysOf(K1);

/** A sealed copy of an answer, which is kept for a minute. */
export const COPY = {
  copy: { parts: [Buffer.from('sealed').toString('base64')], sha256: 'ab'.repeat(32) },
  keepFor: 60_000,
};

export const ADA = provider('ada');
export const BO = provider('bo');

/** Syncs and erasures of a store, in which no one is erased at the beginning of a test. */
export function erasing(store: TestStore) {
  const { directory, find } = storedRows(store);

  beforeEach(() => store.dataSource.query('TRUNCATE suppressed_people, erasures, suppression_keys'));

  /** Runs a whole sync. Each person is kept under its key. */
  async function sync(
    providers: CheckedProvider[],
    fields: Partial<SaveSyncInput> = {},
    rejected: readonly ReturnType<typeof rejection>[] = [],
  ) {
    const runId = await openedRun(store.dataSource);
    const whole = {
      ...answer(providers, { received: providers.length + rejected.length }),
      rejected: rejected.map((record, position) => ({ ...record, position })),
    } satisfies IterableAnswer;
    await saveSync(store.dataSource, {
      ...{ runId, partner: 'noteworth', feed: 'sample', calls: [], payloadKeys: PAYLOAD_KEYS, keep: COPY },
      ...{ answer: whole, ...fields },
    });
    const run = await getRun(store.dataSource, runId);
    if (!run) throw new Error('no run');
    return run;
  }

  /** The given names in the directory. */
  const names = async () => (await directory()).map(({ givenName }) => givenName);

  /** Erases a person, by default Ada. */
  async function erase(
    erasureId = randomUUID(),
    keys = PAYLOAD_KEYS,
    providerId?: string,
    reason: string | null = 'Ticket 7',
  ) {
    const id = providerId ?? (await find('ada'))?.id ?? '';
    return eraseProvider(store.dataSource, {
      ...{ erasureId, providerId: id, by: 'zoe', reason, payloadKeys: keys },
      identityKeyOf: () => null,
    });
  }

  return { sync, erase, names };
}
