import fc from 'fast-check';
import { strictUtf8 } from '../../../../src/partner/page/utf8';
import { chunksOf, cuts, inChunks } from '../../../support/bodies';

async function read(body: AsyncIterable<Buffer>): Promise<string> {
  let text = '';
  for await (const chunk of strictUtf8(body)) text += chunk.toString();
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
