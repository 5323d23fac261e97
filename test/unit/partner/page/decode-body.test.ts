import { type BodyRules, createBodyDecoders } from '../../../../src/partner/page/decode-body';
import { decoded, inChunks } from '../../../support/bodies';

function decoders(rules: Partial<BodyRules>) {
  return createBodyDecoders({ format: 'json', records: 'a', others: [], noTokenText: undefined, ...rules });
}

const FORMATS = ['json', 'ndjson', 'csv', 'lines'] as const;

describe.each(FORMATS)('a body of %s', (format) => {
  const { first, later } = decoders({ format, noTokenText: 'Error: No token' });

  it.each([
    ['HTML', ' \n<html>\n</html>\n'],
    ['HTML', '<!DOCTYPE html>\n<p>'],
    ['XML', '<?xml version="1.0"?>\n<people/>'],
    ['XML', '<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope">'],
    ['XML', '<html5/>'],
    ['HTML or XML', '<!-- Generated -->\n<people/>'],
  ])('that is %s, such as %j, is an incomplete response', async (language, body) => {
    for (const size of [1, 100]) {
      await expect(decoded(first, inChunks(body, size))).rejects.toMatchObject({
        type: 'IncompleteResponse',
        message: expect.stringMatching(`^the body was ${language}, not `),
      });
    }
  });

  it('can say that there is no token', async () => {
    for (const size of [1, 100]) {
      await expect(decoded(first, inChunks('Error: No token\r\n', size))).rejects.toMatchObject({
        type: 'TokenRejected',
      });
    }
  });

  it('must be UTF-8, also far behind its start', async () => {
    const body = Buffer.concat([
      Buffer.from(`"${'x'.repeat(5_000)}`),
      Buffer.from([0xff]),
      Buffer.from('"\n'),
    ]);
    await expect(decoded(first, inChunks(body, 999))).rejects.toThrow('the body was not UTF-8');
  });

  it('that is empty is an empty page only after the first one, and never in JSON', async () => {
    await expect(decoded(first, inChunks('', 1))).rejects.toThrow('the body was empty');
    const result = decoded(later, inChunks('', 1));
    if (format === 'json') await expect(result).rejects.toThrow('the body was empty');
    else expect((await result).records).toEqual([]);
  });
});

describe('a list in JSON of more than 1 MiB', () => {
  const records = Array.from({ length: 20_000 }, (_, n) => ({ id: n, next: 'x'.repeat(60) }));
  const body = JSON.stringify({ next: '/more', a: records });

  it('is streamed if the rest of the answer can be read without it', async () => {
    const { root, ...read } = await decoded(decoders({ others: ['next'] }).first, inChunks(body, 65_536));
    expect(read.records).toEqual(records);
    expect(root).toEqual({ next: '/more', a: [] });
    const list = await decoded(
      decoders({ records: undefined }).first,
      inChunks(JSON.stringify(records), 65_536),
    );
    expect(list.records).toEqual(records);
    expect(list.root).toEqual([]);
  });

  it.each([
    ['a', ['=a[-1].id']],
    ['a', ['a.0.next']],
    ['=a', ['next']],
  ])('at %s is read at once if %j is read too', async (place, others) => {
    const { root, ...read } = await decoded(
      decoders({ records: place, others }).first,
      inChunks(body, 65_536),
    );
    expect(read.records).toEqual(records);
    expect(root).toEqual({ next: '/more', a: records });
  });
});
