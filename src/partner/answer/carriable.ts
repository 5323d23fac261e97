import { promisify } from 'node:util';
import { deflateRaw } from 'node:zlib';
import type { CheckedProvider, RejectedRecord } from '../../contract/answer';

/** Temporal accepts 2 MiB for one result. The difference is room for encryption and the ledger. */
export const MAX_CARRIED_BYTES = Math.floor(1.9 * 2 ** 20);

/** Texts up to this length are compressed together. They take milliseconds, and a thread of Node's pool. */
const CHUNK_LENGTH = MAX_CARRIED_BYTES / 4;

const compress = promisify(deflateRaw);

/** The size that an answer has in Temporal, measured while it arrives. */
export class CarriedSize {
  private text = '';
  private bytes = 0;

  /** Whether Temporal would refuse what was added so far. Repeating the activity would not help. */
  get isTooLarge(): boolean {
    return this.bytes > MAX_CARRIED_BYTES;
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
