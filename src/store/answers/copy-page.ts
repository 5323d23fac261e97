import { createHash } from 'node:crypto';
import type { PageHead } from '../../partner/page/page-head';
import type { PayloadKey } from '../../process/payload-keys';
import { PART_BYTES, type SealedPart, sealPart } from './answer-copy';

/** Copies a page of an answer while it arrives, part by part, so that it can be read again without the partner. */
export class PageCopy {
  private readonly hash = createHash('sha256');
  private chunks: Buffer[] = [];
  private length = 0;
  private part = 0;

  constructor(
    private readonly key: PayloadKey,
    private readonly place: { readonly runId: string; readonly page: number },
  ) {}

  /** @returns the part that describes the page */
  async begin(head: PageHead): Promise<SealedPart[]> {
    return [await this.seal(Buffer.from(JSON.stringify(head)), false)];
  }

  /** @returns the parts that are complete now */
  async add(chunk: Buffer): Promise<SealedPart[]> {
    this.hash.update(chunk);
    this.chunks.push(chunk);
    this.length += chunk.length;
    if (this.length <= PART_BYTES) return [];
    const bytes = Buffer.concat(this.chunks);
    const parts: SealedPart[] = [];
    let from = 0;
    // The last bytes stay, because the last part is sealed as such.
    for (; from + PART_BYTES < bytes.length; from += PART_BYTES) {
      parts.push(await this.seal(bytes.subarray(from, from + PART_BYTES), false));
    }
    this.chunks = [bytes.subarray(from)];
    this.length = bytes.length - from;
    return parts;
  }

  /** @returns the last part, and the SHA-256 of the whole body */
  async finish(): Promise<{ readonly parts: SealedPart[]; readonly sha256: Buffer }> {
    const parts = [await this.seal(Buffer.concat(this.chunks), true)];
    return { parts, sha256: this.hash.digest() };
  }

  private async seal(content: Buffer, isLast: boolean): Promise<SealedPart> {
    const part = this.part++;
    return { part, sealed: await sealPart(content, this.key, { ...this.place, part, isLast }) };
  }
}
