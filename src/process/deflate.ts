import { promisify } from 'node:util';
import { deflateRaw, deflateRawSync, inflateRaw, inflateRawSync, type ZlibOptions } from 'node:zlib';

/** Up to this size, compressing takes less time than handing the bytes to another thread and back. */
const AT_ONCE_BYTES = 16 * 2 ** 10;
/** Room for a usual result. zlib takes four times as much for the first part of it, which costs as long as the work. */
const chunkSize = 4 * 2 ** 10;
/** Compresses so few bytes as well as zlib's defaults, with less memory to prepare. */
const LITTLE_MEMORY = { windowBits: 12, memLevel: 5, chunkSize } as const;

const deflateElsewhere = promisify(deflateRaw);
const inflateElsewhere = promisify(inflateRaw);

/** Compresses bytes: many of them in another thread. */
export async function deflate(bytes: Uint8Array, options: ZlibOptions = {}): Promise<Buffer> {
  return bytes.length <= AT_ONCE_BYTES
    ? deflateRawSync(bytes, { ...options, ...LITTLE_MEMORY })
    : deflateElsewhere(bytes, options);
}

/**
 * Decompresses bytes: many of them in another thread, and what unpacks to many.
 *
 * @param maxOutputLength the largest result
 * @throws if the bytes are damaged, or the result would be larger
 */
export async function inflate(bytes: Buffer, maxOutputLength: number): Promise<Buffer> {
  if (bytes.length <= AT_ONCE_BYTES) {
    try {
      return inflateRawSync(bytes, {
        chunkSize,
        maxOutputLength: Math.min(maxOutputLength, 4 * AT_ONCE_BYTES),
      });
    } catch {
      // It is larger than expected, or damaged.
    }
  }
  return inflateElsewhere(bytes, { maxOutputLength });
}
