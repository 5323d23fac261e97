import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import type { CheckedProvider } from '../../contract/answer';
import type { PlacedRejection } from '../../partner/answer/rejected-person';
import { PageHash } from '../../partner/page/page-hash';
import type { SealedPart } from '../answers/answer-copy';
import { providerColumns, toCopyText } from '../postgres/copy-text';
import type { Transaction } from '../postgres/transaction';
import { writeToReader } from './write-to-reader';

/** Some records of a page after their check. Positions count within the page, from 0. */
export interface StagedSlice {
  readonly providers: readonly (CheckedProvider & { readonly position: number })[];
  readonly rejected: readonly PlacedRejection[];
  /** Parts of the page's copy that were sealed meanwhile. */
  readonly parts?: readonly SealedPart[];
}

/** Takes the records of a page, slice by slice. */
export interface RecordWriter {
  /** @returns a promise that resolves when Postgres can take more; it rejects if the page cannot be staged */
  add(slice: StagedSlice): Promise<void>;
}

/** The place of a page in its run. */
export interface PagePlace {
  readonly runId: string;
  readonly page: number;
  /** The position of its first record among all records of the run. */
  readonly first: number;
}

/** What was written. */
export interface CopiedRecords {
  readonly received: number;
  readonly rejected: number;
  /** From {@link PageHash}. */
  readonly contentHash: Buffer;
}

const COPY = `COPY staged_records (
  run_id, page, position, identity_key, given_name, family_name, title, clinic, attributes, departed,
  reason, field, raw, sealed)
  FROM STDIN`;

/**
 * Streams the records of a page into `staged_records`. If `write` or Postgres fails, no record is kept. The COPY begins
 * before `write` does, so that a database that is not available costs no call.
 *
 * @throws the error of `write`, or of Postgres
 */
export async function copyRecords<T>(
  { client }: Transaction,
  place: PagePlace,
  write: (writer: RecordWriter) => Promise<T>,
): Promise<{ readonly value: T; readonly copied: CopiedRecords }> {
  const rows = new PassThrough();
  const copy = pipeline(rows, client.query(copyFrom(COPY)));
  // An error of Postgres is reported by `add`, or below.
  copy.catch(() => undefined);
  const toLines = createLines(place);
  let received = 0;
  let rejected = 0;
  const content = new PageHash();
  const writer: RecordWriter = {
    async add(slice) {
      received += slice.providers.length + slice.rejected.length;
      rejected += slice.rejected.length;
      content.add(slice);
      await writeToReader(rows, toLines(slice), copy);
    },
  };
  try {
    const value = await write(writer);
    rows.end();
    await copy;
    return { value, copied: { received, rejected, contentHash: content.digest() } };
  } catch (error) {
    // Postgres logs the message, so it is not the one of the error.
    rows.destroy(new Error('The page is not complete'));
    await copy.catch(() => undefined);
    throw error;
  }
}

/** Creates the function that writes a slice as lines of COPY. */
function createLines({ runId, page, first }: PagePlace): (slice: StagedSlice) => string {
  const start = (position: number) => `${runId}\t${page}\t${first + position}\t`;
  return ({ providers, rejected, parts = [] }) => {
    let lines = '';
    for (const provider of providers) {
      lines += `${start(provider.position)}${providerColumns(provider)}\t\\N\t\\N\t\\N\t\\N\n`;
    }
    for (const rejection of rejected) {
      const { position, reason, field, raw } = rejection;
      lines += `${start(position)}${personColumns(rejection)}\t\\N\t\\N\t\\N\t\\N\t${reason}\t${toCopyText(field)}\t${toCopyText(raw)}\t\\N\n`;
    }
    for (const { part, sealed } of parts) {
      lines += `${runId}\t${page}\t${part}${'\t\\N'.repeat(10)}\t\\\\x${sealed.toString('hex')}\n`;
    }
    return lines;
  };
}

/** The person of a rejected record as columns of COPY: identity key, given name and family name. */
function personColumns({ identityKey = null, givenName = null, familyName = null }: PlacedRejection): string {
  const key = identityKey === null ? '\\N' : `\\\\x${identityKey}`;
  return `${key}\t${toCopyText(givenName)}\t${toCopyText(familyName)}`;
}
