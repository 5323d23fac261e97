import type { Client } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import type { DataSource } from 'typeorm';
import type { Erasure as Receipt } from '../../../src/contract/erasure';
import { startErasure } from '../../../src/temporal/runs/erase-provider';
import { resultOrRefusal } from '../../../src/temporal/runs/result-or-refusal';
import { activityResults, historyBytes } from '../../support/raw-history';
import { readChain } from '../../support/run-chain';
import { SecretSearch } from '../../support/secret-search';
import type { Traces } from './check-leaks';
import type { Lane } from './lane';
import { DRAWN_MARKS, type Person } from './person';
import { atLeastOnce, type Line, never } from './table';
import { persistently } from './temporal-patience';

/** The partner whose answers all have the person who is erased. */
export const ERASING_PARTNER = 'partner-erasing';
/** A name that no one else has. */
const MARK = 'Thessalonique-Xanthippe';
/** The person who is erased. */
export const SUBJECT: Person = {
  name_given: MARK,
  name_family: DRAWN_MARKS[1],
  title: 'Dr.',
  clinic: 'Clinic 1',
};
/** The person is erased during a later run than this many. */
const AFTER_RUNS = 3;
/** Of undisturbed runs four in five succeed. */
const MOST_LATE_RUNS = 20;

interface Connections {
  readonly client: Client;
  readonly dataSource: DataSource;
  readonly taskQueue: string;
}

/** Erases one person in the middle of a soak, while runs of the partner bring the person again. */
export class Erasure {
  private receipt: Receipt | null = null;

  constructor(
    readonly lane: Lane,
    private readonly to: Connections,
  ) {}

  /** A run of the partner. One of them is running while the person is erased. */
  async round(): Promise<void> {
    await Promise.all([this.lane.round(), this.eraseOnce()]);
  }

  /** Erases the person now if that was not possible before. */
  async settle(): Promise<void> {
    for (let attempt = 0; !this.receipt && attempt < MOST_LATE_RUNS; attempt++) {
      await this.lane.lastRun();
      await this.eraseOnce();
    }
  }

  /** Searches for the erased name everywhere but in the encrypted answers that Temporal keeps. */
  async check({ tables, workerLogs, histories }: Traces, converter: DataConverter): Promise<Line[]> {
    const name = new SecretSearch([MARK]);
    const found: string[] = [];
    const look = (place: string, content: string | Uint8Array) =>
      found.push(...name.findIn(content).map(() => place));
    for (const [table, text] of tables) look(`the table ${table}`, text);
    for (const log of workerLogs) look("a worker's log", log);
    for (const history of histories) look('a history', historyBytes(history));
    for (const content of await this.decodedErasure(converter)) look('the history of the erasure', content);
    return [
      atLeastOnce('people erased while a run brought them again', this.receipt ? 1 : 0),
      atLeastOnce('  records of the person left out afterwards', await this.countLeftOut()),
      never('  places with the name of the person', found),
    ];
  }

  private async eraseOnce(): Promise<void> {
    const { client, taskQueue } = this.to;
    if (this.receipt || this.lane.started.length < AFTER_RUNS) return;
    const providerId = await this.findSubject();
    if (providerId === null) return;
    const handle = await persistently(() =>
      startErasure(client, taskQueue, { providerId, by: 'the soak', reason: 'Ticket 1' }),
    );
    this.receipt = await persistently(() => resultOrRefusal(handle));
  }

  /** Null if the person is not stored yet, or Postgres is away. */
  private async findSubject(): Promise<string | null> {
    const rows: { id: string }[] = await this.to.dataSource
      .query('SELECT id FROM providers WHERE partner = $1 AND given_name = $2', [ERASING_PARTNER, MARK])
      .catch(() => []);
    return rows[0]?.id ?? null;
  }

  private async countLeftOut(): Promise<number> {
    const [{ count }] = await this.to.dataSource.query(
      `SELECT coalesce(sum((remark->>'count')::integer), 0)::integer AS count
       FROM sync_runs CROSS JOIN LATERAL jsonb_array_elements(remarks) remark
       WHERE partner = $1 AND remark->>'type' = 'PeopleSuppressed'`,
      [ERASING_PARTNER],
    );
    return count;
  }

  private async decodedErasure({ payloadCodecs = [] }: DataConverter): Promise<Uint8Array[]> {
    if (!this.receipt) return [];
    const id = `erase-${this.receipt.providerId}`;
    const contents: Uint8Array[] = [];
    for (const history of await persistently(() => readChain(this.to.client, id))) {
      const payloads = activityResults(history);
      const decoded = (await payloadCodecs[0]?.decode(payloads)) ?? payloads;
      contents.push(historyBytes(history), ...decoded.map(({ data }) => data ?? new Uint8Array()));
    }
    return contents;
  }
}
