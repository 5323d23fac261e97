import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { CursorSeal } from '../../../src/api/http/cursor-seal';
import { payloadKeysSchema } from '../../../src/process/payload-keys';
import { CursorError } from '../../../src/store/lists/cursor';

const key = (id: string) => `${id}:${randomBytes(32).toString('base64')}`;
const [OLD, NEW] = [key('old'), key('new')];
const sealWith = (...keys: string[]) => new CursorSeal(payloadKeysSchema.parse(keys.join(',')));

describe('a sealed cursor', () => {
  it('opens to the same text, shows nothing of it, and is the same each time', () => {
    const seal = sealWith(OLD);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const sealed = seal.seal(text);
        expect(sealed).toMatch(/^[\w-]+$/);
        expect(seal.open(sealed)).toBe(Buffer.from(text).toString());
        expect(sealWith(OLD).seal(text)).toBe(sealed);
        if (text.length > 3) expect(Buffer.from(sealed, 'base64url').includes(text)).toBe(false);
      }),
    );
  });

  it('has another nonce for another text', () => {
    const nonces = Array.from({ length: 1_000 }, (_, number) => sealWith(OLD).seal(`${number}`).slice(0, 16));
    expect(new Set(nonces).size).toBe(1_000);
  });

  it('opens after a rotation of keys, until its own key is removed', () => {
    const sealed = sealWith(OLD).seal('a name');
    expect(sealWith(OLD, NEW).seal('a name')).toBe(sealed);
    expect(sealWith(NEW, OLD).seal('a name')).not.toBe(sealed);
    expect(sealWith(NEW, OLD).open(sealed)).toBe('a name');
    expect(() => sealWith(NEW).open(sealed)).toThrow(CursorError);
  });

  it('does not open if a bit was changed, or if it is not a cursor', () => {
    const bytes = Buffer.from(sealWith(OLD).seal('a name'), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => sealWith(OLD).open(changed.toString('base64url'))).toThrow(CursorError);
    }
    for (const text of ['', 'abc', '.'.repeat(100), bytes.subarray(0, 28).toString('base64url')]) {
      expect(() => sealWith(OLD).open(text)).toThrow(CursorError);
    }
  });
});
