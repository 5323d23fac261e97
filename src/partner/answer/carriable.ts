import { promisify } from 'node:util';
import { deflateRaw } from 'node:zlib';
import type { CheckedProvider, RejectedRecord } from '../../contract/answer';

/**
 * The largest answer, in bytes after compression, that is a result of an activity. Temporal accepts 2 MiB, but keeps each
 * result in a history, and workflows that wait keep it in memory. A larger answer is staged in Postgres.
 */
const MAX_CARRIED_BYTES = 256 * 2 ** 10;

/** Texts up to this length are compressed together. They take milliseconds, and a thread of Node's pool. */
const CHUNK_LENGTH = 2 ** 19;

const compress = promisify(deflateRaw);

/** The size that an answer has in Temporal, measured while it arrives. */
export class CarriedSize {
  private text = '';
  private bytes = 0;

  /** Whether what was added so far is too large for a result. */
  get isTooLarge(): boolean {
    return this.bytes > MAX_CARRIED_BYTES;
  }

  /** @param bytes that cannot be compressed further */
  carry(bytes: number): void {
    this.bytes += bytes;
  }

  async add(records: readonly (CheckedProvider | RejectedRecord)[]): Promise<void> {
    if (this.isTooLarge) return;
    this.text += JSON.stringify(records);
    if (this.text.length < CHUNK_LENGTH) return;
    const chunk = Buffer.from(this.text);
    this.text = '';
    this.bytes += (await compress(chunk)).length;
  }
}
