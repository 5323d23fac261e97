import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { CheckedProvider } from '../../../src/contract/answer';
import { toCopyText } from '../../../src/store/postgres/copy-text';

/** The way from the staging table into the table. */
export const WAYS = ['conflict', 'join'] as const;
export type Way = (typeof WAYS)[number];

/** The indexes of the table: those of `providers`, or its keys only. */
export const INDEXES = ['all', 'keys'] as const;
export type Indexes = (typeof INDEXES)[number];

const COLUMNS = 'identity_key, given_name, family_name, title, clinic, attributes';
const DIFFERS = (one: string, other: string) => `(${fieldsOf(one)}) IS DISTINCT FROM (${fieldsOf(other)})`;

/** A simple store of a list in a table, without history, ledger and runs. */
export class BareStore {
  private constructor(
    private readonly client: Client,
    readonly table: string,
    private readonly way: Way,
  ) {}

  /** @param client of a database with the table `providers` */
  static async create(client: Client, way: Way, indexes: Indexes): Promise<BareStore> {
    const table = `bare_${way}_${indexes}`;
    await client.query(
      indexes === 'all'
        ? `CREATE TABLE ${table} (LIKE providers INCLUDING ALL)`
        : `CREATE TABLE ${table} (LIKE providers INCLUDING DEFAULTS);
           ALTER TABLE ${table} DROP COLUMN name_key, ADD PRIMARY KEY (id), ADD UNIQUE (partner, identity_key)`,
    );
    await client.query(
      `CREATE TEMPORARY TABLE IF NOT EXISTS staged (
         identity_key bytea NOT NULL, given_name text NOT NULL, family_name text NOT NULL,
         title text, clinic text, attributes jsonb NOT NULL
       ) ON COMMIT DELETE ROWS`,
    );
    return new BareStore(client, table, way);
  }

  /** @param file of {@link writeCopyFile} */
  async save(file: string): Promise<void> {
    await this.client.query('BEGIN');
    await pipeline(createReadStream(file), this.client.query(copyFrom('COPY staged FROM STDIN')));
    await this.client.query(this.way === 'conflict' ? this.onConflict() : this.byJoin());
    await this.client.query('COMMIT');
  }

  private onConflict(): string {
    return `${this.insert()}
      ON CONFLICT (partner, identity_key) DO UPDATE
      SET (${fieldsOf('')}) = ROW (${fieldsOf('excluded.')}), last_changed_at = now()
      WHERE ${DIFFERS(`${this.table}.`, 'excluded.')}`;
  }

  private byJoin(): string {
    return `
      UPDATE ${this.table} known
      SET (${fieldsOf('')}) = ROW (${fieldsOf('staged.')}), last_changed_at = now()
      FROM staged
      WHERE known.partner = 'bench' AND known.identity_key = staged.identity_key
        AND ${DIFFERS('known.', 'staged.')};
      ${this.insert()}
      WHERE NOT EXISTS (
        SELECT FROM ${this.table} known
        WHERE known.partner = 'bench' AND known.identity_key = staged.identity_key)`;
  }

  private insert(): string {
    return `
      INSERT INTO ${this.table} (partner, ${COLUMNS}, first_seen_at, last_changed_at)
      SELECT 'bench', ${COLUMNS}, now(), now() FROM staged`;
  }
}

/** Writes the list in the format of COPY. */
export async function writeCopyFile(path: string, people: Iterable<CheckedProvider>): Promise<void> {
  await writeFile(path, copyLines(people));
}

function* copyLines(people: Iterable<CheckedProvider>): Generator<string> {
  for (const { identityKey, givenName, familyName, title, clinic, attributes } of people) {
    const texts = [givenName, familyName, title, clinic, JSON.stringify(attributes)].map(toCopyText);
    yield `\\\\x${identityKey}\t${texts.join('\t')}\n`;
  }
}

function fieldsOf(row: string): string {
  return ['given_name', 'family_name', 'title', 'clinic', 'attributes']
    .map((field) => `${row}${field}`)
    .join(', ');
}
