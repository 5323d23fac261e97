import { createHash, createHmac } from 'node:crypto';
import {
  type InputSignature,
  type JSONObject,
  type JSONValue,
  registerFunction,
  TreeInterpreter,
  TYPE_ANY,
  TYPE_NUMBER,
  TYPE_OBJECT,
  TYPE_STRING,
} from '@jmespath-community/jmespath';

/** The widest text that `pad_left` and `pad_right` make. */
const MAX_WIDTH = 1_000;

const text: InputSignature = { types: [TYPE_STRING] };
const optionalText: InputSignature = { types: [TYPE_STRING], optional: true };

/** Digests are in hex. Texts are read as UTF-8. */
const DIGESTS: Readonly<Record<string, (content: string, more: string) => string>> = {
  sha256: (content) => createHash('sha256').update(content).digest('hex'),
  sha512: (content) => createHash('sha512').update(content).digest('hex'),
  hmac_sha256: (key, content) => createHmac('sha256', key).update(content).digest('hex'),
  hmac_sha512: (key, content) => createHmac('sha512', key).update(content).digest('hex'),
  base64: (content) => Buffer.from(content).toString('base64'),
};

for (const [name, compute] of Object.entries(DIGESTS)) {
  const signature = Array.from({ length: compute.length }, () => text);
  registerFunction(name, ([first, second]) => compute(first as string, second as string), signature);
}

/** Replaces a function of the library whose time, memory or result would not be safe for an answer. */
function replaceFunction(
  name: string,
  compute: (args: JSONValue[]) => JSONValue,
  signature: InputSignature[],
) {
  registerFunction(name, (args) => compute(args as JSONValue[]), signature, { override: true });
}

// The text "null" would be sent or stored as if it were a value.
replaceFunction(
  'to_string',
  ([value]) => {
    if (value === null) throw new Error('to_string() received null');
    return typeof value === 'string' ? value : JSON.stringify(value);
  },
  [{ types: [TYPE_ANY] }],
);

// A key named __proto__ would become the prototype.
replaceFunction('merge', (objects) => Object.assign(Object.create(null), ...(objects as JSONObject[])), [
  { types: [TYPE_OBJECT], variadic: true },
]);

// The library's regular expressions need quadratic time.
for (const [name, start, end] of [
  ['trim', true, true],
  ['trim_left', true, false],
  ['trim_right', false, true],
] as const) {
  replaceFunction(
    name,
    ([subject, characters]) => trim(subject as string, characters as string | undefined, { start, end }),
    [text, optionalText],
  );
}

for (const [name, pad] of [
  ['pad_left', 'padStart'],
  ['pad_right', 'padEnd'],
] as const) {
  replaceFunction(
    name,
    ([subject, width, filler]) => (subject as string)[pad](asCount(width), (filler ?? ' ') as string),
    [text, { types: [TYPE_NUMBER] }, optionalText],
  );
}

replaceFunction(
  'replace',
  ([subject, search, by, count]) => {
    const parts = (subject as string).split(search as string);
    const replaced = count === undefined ? parts.length - 1 : Math.min(asCount(count), parts.length - 1);
    const head = parts.slice(0, replaced + 1).join(by as string);
    return [head, ...parts.slice(replaced + 1)].join(search as string);
  },
  [text, text, text, { types: [TYPE_NUMBER], optional: true }],
);

/** Cuts white space, or the characters, from the ends of a text. */
function trim(subject: string, characters: string | undefined, ends: { start: boolean; end: boolean }) {
  const cut = (character: string) =>
    characters ? characters.includes(character) : character.trim() === '' || character === '\u0085';
  let start = 0;
  let end = subject.length;
  while (ends.start && start < end && cut(subject.charAt(start))) start += 1;
  while (ends.end && end > start && cut(subject.charAt(end - 1))) end -= 1;
  return subject.slice(start, end);
}

function asCount(value: JSONValue | undefined): number {
  const count = Number(value);
  if (Number.isSafeInteger(count) && count >= 0 && count <= MAX_WIDTH) return count;
  throw new Error(`expected a whole number from 0 to ${MAX_WIDTH}`);
}

/** The names of all functions that an expression can call. */
export const FUNCTION_NAMES: ReadonlySet<string> = new Set(TreeInterpreter.runtime.getRegistered());
