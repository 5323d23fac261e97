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
/** One JSON object a line, or the format of COPY with ready keys. */
export const BARE_FORMATS = ['ndjson', 'copy'] as const;
export type BareFormat = (typeof BARE_FORMATS)[number];

const CREATE_STAGED = `
  CREATE TEMPORARY TABLE IF NOT EXISTS staged (
    identity_key bytea NOT NULL, given_name text NOT NULL, family_name text NOT NULL,
    title text, clinic text, attributes jsonb NOT NULL
  ) ON COMMIT DELETE ROWS`;
const COPY_STAGED = 'COPY staged FROM STDIN';
const STAGE_NDJSON = [
  'CREATE TEMPORARY TABLE sent (record jsonb NOT NULL) ON COMMIT DROP',
  // No character of JSON is the quote or the delimiter, so that each line is one value.
  "COPY sent FROM STDIN (FORMAT csv, QUOTE e'\\x01', DELIMITER e'\\x02')",
  `INSERT INTO staged
   SELECT sha256(convert_to(record ->> 'id', 'UTF8')), record ->> 'given', record ->> 'family', record ->> 'title',
     record ->> 'clinic', record - '{given,family,title,clinic}'::text[]
   FROM sent`,
];
const DIFFERS = (one: string, other: string) => `(${fieldsOf(one)}) IS DISTINCT FROM (${fieldsOf(other)})`;

/** A simple store of a list in a table, without history, ledger and runs. */
export class BareStore {
  private constructor(
    private readonly client: Client,
    readonly table: string,
    private readonly way: Way,
  ) {}

  /**
   * @param client of a database with the table `providers`
   * @param prefix of the name of the table
   */
  static async create(client: Client, way: Way, indexes: Indexes, prefix = 'bare'): Promise<BareStore> {
    const table = `${prefix}_${way}_${indexes}`;
    await client.query(
      indexes === 'all'
        ? `CREATE TABLE ${table} (LIKE providers INCLUDING ALL)`
        : `CREATE TABLE ${table} (LIKE providers INCLUDING DEFAULTS);
           ALTER TABLE ${table} DROP COLUMN name_key, DROP COLUMN search_key, ADD PRIMARY KEY (id), ADD UNIQUE (partner, identity_key)`,
    );
    await client.query(CREATE_STAGED);
    return new BareStore(client, table, way);
  }

  /** @param file of {@link writeCopyFile} */
  async save(file: string): Promise<void> {
    await this.client.query('BEGIN');
    await pipeline(createReadStream(file), this.client.query(copyFrom(COPY_STAGED)));
    await this.client.query(this.merge);
    await this.client.query('COMMIT');
  }

  /** The statements that a program such as psql executes in one transaction to store the list of its standard input. */
  statements(format: BareFormat): readonly string[] {
    const copy = format === 'copy' ? [COPY_STAGED] : STAGE_NDJSON;
    return [CREATE_STAGED, ...copy, this.merge];
  }

  private get merge(): string {
    return this.way === 'conflict' ? this.onConflict() : this.byJoin();
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

/** The list in the format of COPY, line by line. */
export function* copyLines(people: Iterable<CheckedProvider>): Generator<string> {
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
