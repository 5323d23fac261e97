import { setTimeout as sleep } from 'node:timers/promises';
import { Client as PostgresClient } from 'pg';
import type { Random } from '../../../src/simulator/random';
import type { KillableServer } from '../../support/killable-server';
import type { WorkerSlot } from './worker-slot';

/** One fault around the runs, from its beginning until it is repaired. */
export interface Strike {
  /** Its name in the table. */
  readonly name: string;
  /** Its frequency relative to the others. */
  readonly weight: number;
  /** The target, which only one strike hits at a time. */
  readonly target: string;
  strike(): Promise<void>;
}

/** The targets of strikes. */
export interface Targets {
  readonly postgres: KillableServer;
  readonly temporal: KillableServer;
  /** May be ended. */
  readonly mortals: readonly WorkerSlot[];
  /** Never ended during the soak. */
  readonly steady: WorkerSlot;
  /** Where another program gets tokens of a partner. */
  readonly tokenUrls: readonly string[];
}

const THIEF_PATIENCE_MS = 30_000;
const CONNECT_MS = 10_000;

/** @param random decides the duration of each strike */
export function createStrikes(targets: Targets, random: Random): Strike[] {
  const { postgres, temporal, mortals, steady, tokenUrls } = targets;
  const lasting = (from: number, to: number) => sleep(from + random() * (to - from));
  const servers = [
    { name: 'Postgres', server: postgres },
    { name: 'Temporal', server: temporal },
  ];
  return [
    ...mortals.flatMap((slot) => [
      { name: 'workers killed', weight: 4, target: slot.name, strike: () => slot.kill() },
      { name: 'workers restarted in turn', weight: 1, target: slot.name, strike: () => slot.roll() },
    ]),
    ...[...mortals, steady].map((slot) => ({
      name: 'workers frozen',
      weight: 1,
      target: slot.name,
      strike: async () => {
        slot.signal('SIGSTOP');
        await lasting(1_000, 14_000);
        slot.signal('SIGCONT');
      },
    })),
    ...servers.flatMap(({ name, server }) => [
      {
        name: `${name} killed`,
        weight: 2,
        target: name,
        strike: async () => {
          await server.kill();
          await lasting(500, 4_000);
          await server.start();
        },
      },
      {
        name: `connections to ${name} reset`,
        weight: 2,
        target: name,
        strike: async () => server.way.reset(),
      },
      {
        name: `connections to ${name} silenced`,
        weight: 2,
        target: name,
        strike: async () => {
          server.way.cut();
          await lasting(2_000, 12_000);
          server.way.reset();
        },
      },
    ]),
    {
      name: 'sessions in Postgres terminated',
      weight: 2,
      target: 'Postgres',
      strike: () => terminateSessions(postgres.url),
    },
    ...tokenUrls.map((url) => ({
      name: 'tokens stolen',
      weight: 6 / tokenUrls.length,
      target: url,
      strike: () => stealToken(url),
    })),
  ];
}

async function terminateSessions(url: string): Promise<void> {
  const client = new PostgresClient({ connectionString: url, connectionTimeoutMillis: CONNECT_MS });
  try {
    await client.connect();
    await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'provider-sync %'`,
    );
  } finally {
    await client.end();
  }
}

/** Another program authenticates, which invalidates the token of the running sync, unless a fault occurs. */
async function stealToken(url: string): Promise<void> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(THIEF_PATIENCE_MS) });
  await answer.arrayBuffer();
}

/** Strikes repeatedly until the soak is over. Repairs each strike before it returns, and counts the strikes by name. */
export async function keepStriking(
  strikes: readonly Strike[],
  { random, pauseMs, hands, over }: { random: Random; pauseMs: number; hands: number; over: AbortSignal },
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map(strikes.map(({ name }) => [name, 0]));
  const struck = new Set<string>();
  const hand = async () => {
    while (!over.aborted) {
      await sleep(pauseMs * 2 * random(), undefined, { signal: over }).catch(() => undefined);
      const next = draw(
        strikes.filter(({ target }) => !struck.has(target)),
        random,
      );
      if (over.aborted || !next) continue;
      struck.add(next.target);
      await next.strike().catch((error) => {
        throw new Error(`While struck (${next.name}): ${error}`, { cause: error });
      });
      struck.delete(next.target);
      counts.set(next.name, (counts.get(next.name) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: hands }, hand));
  return counts;
}

function draw(strikes: readonly Strike[], random: Random): Strike | undefined {
  let left = random() * strikes.reduce((sum, { weight }) => sum + weight, 0);
  return strikes.find(({ weight }) => {
    left -= weight;
    return left < 0;
  });
}
