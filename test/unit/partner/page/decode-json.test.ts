import fc from 'fast-check';
import type { Json } from '../../../../src/contract/answer';
import { createJsonDecoder, type ListPlace } from '../../../../src/partner/page/decode-json';
import { chunksOf, cuts, decoded, inChunks } from '../../../support/bodies';

/** Reads a plain path. */
function placeOf(text: string | undefined, isStreamable = true): ListPlace {
  const read = (root: Json) => {
    let node: unknown = root;
    let rest = text ?? '';
    while (rest !== '') {
      const has = (key: string) => node !== null && typeof node === 'object' && Object.hasOwn(node, key);
      const key = has(rest) ? rest : (rest.split('.')[0] ?? '');
      if (!has(key)) return undefined;
      node = (node as Record<string, unknown>)[key];
      rest = rest.slice(key.length + 1);
    }
    return node as Json;
  };
  return { text, read, isStreamable };
}

const whole = (path?: string) => createJsonDecoder(placeOf(path));
const streamed = (path?: string) => createJsonDecoder(placeOf(path), 0);

const keys = fc.constantFrom('a', 'b', 'a.b', '__proto__', '0', '', 'é"\\', 'x');
const json = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<Json>(null, true, 0, -1.5e300, '', 'a"b\\', '\\', '[{', '}],:', '👩‍⚕️', '\u2028'),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(keys, tie('value')), { maxLength: 4 }).map((pairs) => Object.fromEntries(pairs)),
  ),
})).value;
const paths = fc.constantFrom(undefined, 'a', 'a.b', '0.a', 'a.0', 'x.a.b', 'é"\\');

/** How many lists a path leads to, if each dot can separate keys or belong to one. */
function listsAt(node: Json, path: string): number {
  if (path === '') return Array.isArray(node) ? 1 : 0;
  if (node === null || typeof node !== 'object') return 0;
  return Object.entries(node).reduce((count, [key, value]) => {
    if (key === path) return count + listsAt(value, '');
    return path.startsWith(`${key}.`) ? count + listsAt(value, path.slice(key.length + 1)) : count;
  }, 0);
}

/** The result or the message of a failure. */
async function outcome(result: Promise<{ records: unknown[] }>): Promise<unknown> {
  return result.then(
    ({ records }) => records,
    (error: Error) => error.message,
  );
}

describe('a list in JSON', () => {
  it('is the same in a stream of any chunks as at once', async () => {
    const spaces = fc.constantFrom(undefined, 1, '\t');
    await fc.assert(
      fc.asyncProperty(json, paths, spaces, cuts, async (value, path, space, places) => {
        const text = JSON.stringify(value, null, space);
        const inStream = await outcome(decoded(streamed(path), chunksOf(text, places)));
        // A key with dots can name the same place as keys within each other. Only the first list is read in a stream.
        const isAmbiguous =
          inStream === `there were two lists at "${path}"` && listsAt(value, path ?? '') > 1;
        if (!isAmbiguous) expect(inStream).toEqual(await outcome(decoded(whole(path), chunksOf(text))));
      }),
      { numRuns: 3_000 },
    );
  });

  it('is refused in a stream if a key with dots names a second one', async () => {
    const text = '{"a":{"b":[1]},"a.b":[2]}';
    expect(await outcome(decoded(streamed('a.b'), chunksOf(text)))).toBe('there were two lists at "a.b"');
    expect(await outcome(decoded(whole('a.b'), chunksOf(text)))).toEqual([2]);
  });

  it('is malformed in a stream exactly if it is malformed at once', async () => {
    const letters = fc.constantFrom(...'[]{},:"\\01 -e.'.split(''), '"a"', 'null', '"a":[', '{"a":[1,2]}');
    await fc.assert(
      fc.asyncProperty(fc.array(letters, { maxLength: 12 }), cuts, async (parts, places) => {
        const text = parts.join('');
        const atOnce = await outcome(decoded(whole('a'), chunksOf(text)));
        const inStream = await outcome(decoded(streamed('a'), chunksOf(text, places)));
        if (inStream !== 'there were two lists at "a"') expect(inStream).toEqual(atOnce);
      }),
      { numRuns: 10_000 },
    );
  });

  it('is never taken for complete if it was cut, at whatever byte', async () => {
    const body = Buffer.from(
      `{"meta": {"n": 2}, "a": {"b": [{"x": "é]\\""}, {"x": [1, {}]}]}, "next": null}\n`,
    );
    for (let length = 0; length < body.length - 1; length += 1) {
      for (const decode of [whole('a.b'), streamed('a.b')]) {
        await expect(decoded(decode, chunksOf(body.subarray(0, length)))).rejects.toMatchObject({
          type: 'IncompleteResponse',
        });
      }
    }
    for (const size of [1, 2, 3, 5, 100]) {
      const { records, root } = await decoded(streamed('a.b'), inChunks(body, size));
      expect(records).toEqual([{ x: 'é]"' }, { x: [1, {}] }]);
      expect(root).toEqual({ meta: { n: 2 }, a: { b: [] }, next: null });
    }
  });

  it.each([0, 249, 250, 251, 500, 501])('of %d records arrives in slices of at most 250', async (count) => {
    const list = Array.from({ length: count }, (_, n) => ({ n }));
    const text = JSON.stringify({ a: list });
    for (const decode of [whole('a'), streamed('a')]) {
      const { records, slices } = await decoded(decode, inChunks(text, 333));
      expect(records).toEqual(list);
      expect(Math.max(0, ...slices)).toBeLessThanOrEqual(250);
    }
    await expect(decoded(streamed('a'), chunksOf(text.replace(']}', ',]}')))).rejects.toThrow('malformed');
    await expect(decoded(streamed('a'), chunksOf(text.replace('[', '[,')))).rejects.toThrow('malformed');
  });

  it('is refused if the same place has two lists, because the first one has been read', async () => {
    const body = `{"a": [1], "a": [2]}`;
    expect((await decoded(whole('a'), chunksOf(body))).records).toEqual([2]);
    await expect(decoded(streamed('a'), chunksOf(body))).rejects.toThrow('there were two lists at "a"');
  });

  it('is refused if one of its records, or what surrounds it, is larger than 4 MiB', async () => {
    const large = 'x'.repeat(5 * 2 ** 20);
    for (const body of [{ a: [1, large] }, { a: [1], large }, { large, a: [1] }, { b: [large] }]) {
      await expect(decoded(streamed('a'), inChunks(JSON.stringify(body), 65_536))).rejects.toMatchObject({
        type: 'ResponseTooLarge',
      });
    }
  });

  it('is read at once if its place is computed, up to 4 MiB', async () => {
    const decode = createJsonDecoder(placeOf('a', false));
    const list = Array.from({ length: 50_000 }, (_, n) => `${n}${'x'.repeat(30)}`);
    const { records, root } = await decoded(decode, inChunks(JSON.stringify({ a: list }), 65_536));
    expect(records).toEqual(list);
    expect(root).toEqual({ a: list });
    const larger = JSON.stringify({ a: [...list, ...list, ...list] });
    await expect(decoded(decode, inChunks(larger, 65_536))).rejects.toMatchObject({
      type: 'ResponseTooLarge',
    });
  });
});
