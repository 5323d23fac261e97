import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto';
import type { PayloadKey, PayloadKeys } from '../../process/payload-keys';
import { CursorError, type Page } from '../../store/lists/cursor';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

interface Keys {
  readonly encryption: Buffer;
  readonly nonce: Buffer;
}

/** The cursors of a page. */
interface SealablePage extends Pick<Page<unknown>, 'nextCursor'> {
  readonly previousCursor?: string | null;
}

/**
 * Encrypts and authenticates cursors. A cursor of the store holds the name at which a page ends. It is part of
 * addresses, and proxies log addresses. The keys are derived from the payload keys, which every API process has.
 * The same text always gives the same result, so that ETags stay valid: the nonce is a MAC of the text (the
 * construction of SIV, RFC 5297).
 */
export class CursorSeal {
  private readonly first: Keys;
  private readonly all: readonly Keys[];

  /** @param payloadKeys the first one seals, all of them open */
  constructor(payloadKeys: PayloadKeys) {
    const [first, ...others] = payloadKeys;
    this.first = deriveKeys(first);
    this.all = [this.first, ...others.map(deriveKeys)];
  }

  seal(text: string): string {
    const { encryption, nonce: nonceKey } = this.first;
    const nonce = createHmac('sha256', nonceKey).update(text).digest().subarray(0, NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, encryption, nonce, { authTagLength: TAG_BYTES });
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  /** @throws CursorError if it was not sealed with one of the keys */
  open(sealed: string): string {
    const bytes = Buffer.from(sealed, 'base64url');
    for (const { encryption } of this.all) {
      const text = decrypt(bytes, encryption);
      if (text !== null) return text;
    }
    throw new CursorError();
  }

  /**
   * Reads a page of a list with the opened cursor, and seals the next one.
   *
   * @param read reads the page from the store
   * @throws CursorError
   */
  async page<P extends SealablePage>(
    cursor: string | undefined,
    read: (cursor: string | undefined) => Promise<P>,
  ): Promise<P> {
    const page = await read(cursor === undefined ? undefined : this.open(cursor));
    const seal = (text: string | null) => (text === null ? null : this.seal(text));
    return {
      ...page,
      nextCursor: seal(page.nextCursor),
      ...(page.previousCursor !== undefined && { previousCursor: seal(page.previousCursor) }),
    };
  }
}

function deriveKeys({ secret }: PayloadKey): Keys {
  const derive = (purpose: string) =>
    Buffer.from(hkdfSync('sha256', secret.export(), '', `provider-sync cursor ${purpose}`, 32));
  return { encryption: derive('encryption'), nonce: derive('nonce') };
}

/** @returns null if the key is another one, or the text was changed */
function decrypt(bytes: Buffer, key: Buffer): string | null {
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return null;
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  const text = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
  try {
    return Buffer.concat([text, decipher.final()]).toString();
  } catch {
    return null;
  }
}
