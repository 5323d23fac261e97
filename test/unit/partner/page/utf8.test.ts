import fc from 'fast-check';
import { type Known, strictUtf8 } from '../../../../src/partner/page/utf8';
import { chunksOf, cuts, inChunks } from '../../../support/bodies';

async function read(body: AsyncIterable<Buffer>, known: Known = {}): Promise<string> {
  let text = '';
  for await (const chunk of strictUtf8(body, known)) text += chunk.toString();
  return text;
}

describe('the characters of a body', () => {
  it('are the same wherever the chunks end', async () => {
    const texts = fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed() && text[0] !== '\ufeff');
    await fc.assert(
      fc.asyncProperty(texts, cuts, async (text, places) => {
        expect(await read(chunksOf(text, places))).toBe(text);
        expect(await read(inChunks(`\ufeff${text}`, 1))).toBe(text);
      }),
    );
  });

  it('are refused exactly if a strict decoder refuses them', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 12 }),
      fc.array(fc.constantFrom(0x41, 0x80, 0xbf, 0xc3, 0xe2, 0xed, 0xf0, 0xf4, 0x90, 0xef, 0xbb), {
        maxLength: 8,
      }),
    );
    await fc.assert(
      fc.asyncProperty(bytes, cuts, async (list, places) => {
        const body = Buffer.from(list);
        let text: string | null = null;
        try {
          text = new TextDecoder('utf-8', { fatal: true }).decode(body);
        } catch {}
        const result = read(chunksOf(body, places));
        if (text === null) await expect(result).rejects.toThrow('the body was not UTF-8');
        else expect(await result).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('the encoding of a body', () => {
  const TEXT = 'Zoë,Łu,𝒜';
  const utf16 = (text: string, isBigEndian: boolean) => {
    const bytes = Buffer.from(text, 'utf16le');
    return isBigEndian ? bytes.swap16() : bytes;
  };
  /** Reads the same however the body is cut. */
  const readAll = async (body: Buffer, known: Known = {}) => {
    const results = [1, 2, 3, 5, 1_000].map((size) =>
      read(inChunks(body, size), known).catch(({ message }) => `refused: ${message}`),
    );
    const [first, ...others] = await Promise.all(results);
    for (const other of others) expect(other).toBe(first);
    return first;
  };

  it.each([
    ['utf-16le', false],
    ['utf-16be', true],
  ] as const)(
    '%s is recognised by its mark, by what is announced and by the entry',
    async (encoding, isBig) => {
      expect(await readAll(utf16(`\ufeff${TEXT}`, isBig))).toBe(TEXT);
      expect(await readAll(utf16(TEXT, isBig), { charset: encoding })).toBe(TEXT);
      expect(await readAll(utf16(`\ufeff${TEXT}`, isBig), { encoding })).toBe(TEXT);
      expect(await readAll(utf16(TEXT, isBig).subarray(0, -1), { encoding })).toContain('refused');
    },
  );

  it('is windows-1252 if that is announced and the first character beyond ASCII is no UTF-8', async () => {
    const body = Buffer.from([...Buffer.from('Ann, Zo'), 0xeb, 0x2c, 0x80, 0x92, 0x81]);
    for (const charset of ['windows-1252', 'iso-8859-1', 'latin1']) {
      expect(await readAll(body, { charset })).toBe('Ann, Zoë,€’\x81');
    }
    expect(await readAll(Buffer.from([0x41, 0xeb]), { charset: 'iso-8859-1' })).toBe('Aë');
    expect(await readAll(body)).toBe(
      'refused: the body was not UTF-8; if it has another encoding, set providers.encoding',
    );
    expect(await readAll(body, { charset: 'iso-8859-2' })).toBe(
      'refused: the body was not UTF-8; Content-Type announces iso-8859-2',
    );
    expect(await readAll(body, { encoding: 'windows-1252' })).toBe('Ann, Zoë,€’\x81');
  });

  it('is UTF-8 if the bytes are, whatever is announced', async () => {
    expect(await readAll(Buffer.from(TEXT), { charset: 'iso-8859-1' })).toBe(TEXT);
    expect(await readAll(Buffer.from(`\ufeff${TEXT}`), { charset: 'utf-16' })).toBe(TEXT);
    expect(await readAll(Buffer.from(`\ufeff${TEXT}`), { encoding: 'utf-8' })).toBe(TEXT);
    const mixed = Buffer.concat([Buffer.from('Zoë '), Buffer.from([0xeb])]);
    expect(await readAll(mixed, { charset: 'iso-8859-1' })).toContain('refused');
  });

  it('is that of the entry, although the body could be UTF-8', async () => {
    expect(await readAll(Buffer.from('Zoë'), { encoding: 'iso-8859-1' })).toBe('ZoÃ«');
    const body = Buffer.from([0xeb]);
    expect(await readAll(body, { encoding: 'utf-8', charset: 'iso-8859-1' })).toContain('refused');
  });
});
