import fc from 'fast-check';
import type { Json } from '../../../src/contract/answer';
import { LanguageError } from '../../../src/partner/language/language-error';
import { compilePath } from '../../../src/partner/language/path';
import { compileSent, type RequestContext } from '../../../src/partner/language/sent-text';
import { compileValue } from '../../../src/partner/language/value';

const read = (text: string, root: Json) => compileValue(text).read(root);

describe('a path', () => {
  it.each<[string, Json, Json | undefined]>([
    ['id', { id: 7 }, 7],
    ['name.first', { name: { first: 'Ann' } }, 'Ann'],
    ['name.0.family', { name: [{ family: 'Lee' }] }, 'Lee'],
    ['First Name', { 'First Name': 'Ann' }, 'Ann'],
    ['@odata.nextLink', { '@odata.nextLink': '/b' }, '/b'],
    ['a.b.c', { a: { 'b.c': 1 } }, 1],
    ['a.b', { 'a.b': 'flat', a: { b: 'deep' } }, 'flat'],
    ['', { '': 1 }, 1],
    ['a', { a: null }, null],
    ['0', ['x'], 'x'],
    ['01', ['x', 'y'], undefined],
    ['-1', ['x'], undefined],
    ['1', ['x'], undefined],
    ['length', ['x'], undefined],
    ['name.length', { name: 'Ann' }, undefined],
    ['a.b', { a: null }, undefined],
    ['a', null, undefined],
    ['a', 'text', undefined],
  ])('%s in %j is %j', (path, root, value) => {
    expect(read(path, root)).toEqual(value);
  });

  it('reads own properties only', () => {
    for (const name of Object.getOwnPropertyNames(Object.prototype)) {
      expect(read(name, {})).toBeUndefined();
      expect(read(`a.${name}`, { a: {} })).toBeUndefined();
      expect(read(name, JSON.parse(`{"${name}": 1}`))).toBe(1);
    }
  });

  it('finds the keys that lead to its value', () => {
    expect(compilePath('a.b.c').locate({ a: { 'b.c': 1 } })).toEqual(['a', 'b.c']);
    expect(compilePath('a.0.b').locate({ a: [{ b: null }] })).toEqual(['a', '0', 'b']);
    expect(compilePath('a.b').locate({ a: {} })).toBeUndefined();
  });
});

describe('an expression', () => {
  it.each<[string, Json, Json | undefined]>([
    ["=join(' ', name[0].given)", { name: [{ given: ['Ann', 'May'] }] }, 'Ann May'],
    ["=link[?relation=='next'].url | [0]", { link: [{ relation: 'next', url: '/b' }] }, '/b'],
    ['=entry[].resource', { entry: [{ resource: 1 }, { resource: 2 }] }, [1, 2]],
    ['=sha256(a)', { a: 'abc' }, 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['=sha512(a) | starts_with(@, `"ddaf35a1"`)', { a: 'abc' }, true],
    [
      "=hmac_sha256('key', a)",
      { a: 'The quick brown fox jumps over the lazy dog' },
      'f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8',
    ],
    [
      "=hmac_sha512('key', a) | starts_with(@, 'b42af09057bac1e2')",
      { a: 'The quick brown fox jumps over the lazy dog' },
      true,
    ],
    ['=base64(a)', { a: 'é' }, 'w6k='],
    ['=pad_left(to_string(id), `5`, `"0"`)', { id: 17 }, '00017'],
    ["=trim(a) | replace(@, '-', '')", { a: ' 1-2-3\u00a0' }, '123'],
    ["=replace(a, '-', '+', `1`)", { a: '1-2-3' }, '1+2-3'],
    ["=trim_left(a, 'x')", { a: 'xxaxx' }, 'axx'],
    [
      '=let $s = site in people[?clinic == $s].name',
      { site: 'N', people: [{ clinic: 'N', name: 'A' }] },
      ['A'],
    ],
    [
      '=sort_by(list, &rank)[0].id',
      {
        list: [
          { rank: 2, id: 'b' },
          { rank: 1, id: 'a' },
        ],
      },
      'a',
    ],
    ['=a', { a: false }, false],
    ['=a', {}, undefined],
    ['=a', { a: null }, undefined],
    ['=to_string(a)', {}, undefined],
    ["=join(' ', names)", { names: ['Ann', null] }, undefined],
    ['=pad_left(a, `1001`)', { a: 'x' }, undefined],
  ])('%s in %j is %j', (text, root, value) => {
    expect(read(text, root)).toEqual(value);
  });

  it.each([
    ['=', 'is not a JMESPath expression: it ends too early'],
    ['=a.', 'is not a JMESPath expression: it ends too early'],
    ['=join(', 'is not a JMESPath expression: it ends too early'],
    ['=a b', 'is not a JMESPath expression: unexpected token type: UnquotedIdentifier, value: b'],
    ['=a # b', 'is not a JMESPath expression: unknown character: #'],
    ['=hmac_sha265(a, b)', 'calls hmac_sha265(), which is no function; did you mean hmac_sha256?'],
    ['=eval(a)', 'calls eval(), which is no function'],
    ['=constructor(a)', 'calls constructor(), which is no function'],
    ['=sha256(a, b)', 'calls sha256() wrongly: sha256() takes 1 argument but received 2'],
    [
      '=sha256(`5`)',
      'calls sha256() wrongly: sha256() expected argument 1 to be type (string) but received type number instead.',
    ],
    ['=sort_by(a, b)', 'calls sort_by() with a wrong argument 2'],
    ['=to_string(&a)', 'calls to_string() with a wrong argument 1'],
    ['=&a', 'has & outside the arguments of a function that takes an expression'],
    ['=$x', 'reads the unknown variable $x'],
    ['=let $x = a in map(&($x), b)', 'reads the unknown variable $x'],
    ['=constructor', 'has the name constructor, which only a path can read'],
    ['=a.__proto__', 'has the name __proto__, which only a path can read'],
    ['=a[*].toString', 'has the name toString, which only a path can read'],
    ['=map(&valueOf, a)', 'has the name valueOf, which only a path can read'],
    ['={__proto__: a}', 'has the name __proto__, which only a path can read'],
    [`=${'a.'.repeat(1_500)}a`, 'is longer than 2000 characters'],
  ])('is refused: %s', (text, message) => {
    expect(() => compileValue(text)).toThrow(new LanguageError(message));
  });

  it('takes linear time for texts at which the library needs quadratic time', () => {
    const a = `${' '.repeat(1_000_000)}x${' '.repeat(1_000_000)}x`;
    expect(read('=trim_right(a)', { a })).toBe(a);
    expect(read("=trim(a, ' ')", { a })).toBe(`x${' '.repeat(1_000_000)}x`);
  });

  it('takes no prototype and no expression from an answer', () => {
    const hostile = JSON.parse(
      '{"a": {"__proto__": {"polluted": 1}}, "b": {"expref": true, "type": "Root"}}',
    );
    expect(read('=merge(a, b).polluted', hostile)).toBeUndefined();
    expect(read('=type(b)', hostile)).toBeUndefined();
    expect(
      read('=group_by(list, &key)', { list: [{ key: 'constructor' }, { key: '__proto__' }] }),
    ).toBeUndefined();
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

describe('the language', () => {
  const CODE = [
    'a',
    'b',
    '.',
    '[',
    ']',
    '[?',
    '*',
    '|',
    '||',
    '&&',
    '!',
    '(',
    ')',
    '{',
    '}',
    ':',
    ',',
    '&',
    '@',
    '$',
  ];
  const MORE = [
    '==',
    '<',
    '`1`',
    "'x'",
    '"a"',
    '$x',
    'let $x = a in ',
    'join(',
    'map(',
    'sort_by(',
    'merge(',
    '-',
    '?',
    '0',
  ];
  const expression = fc
    .array(fc.constantFrom(...CODE, ...MORE), { maxLength: 12 })
    .map((parts) => `=${parts.join('')}`);
  const text = fc.oneof(
    expression,
    fc.string(),
    fc.string().map((any) => `=${any}`),
  );

  it('refuses a text with a LanguageError, or reads any JSON without an error, and changes nothing', () => {
    let compiled = 0;
    fc.assert(
      fc.property(text, fc.jsonValue(), (code, sent) => {
        const root = JSON.parse(JSON.stringify({ a: sent, b: [sent] })) as Json;
        const before = JSON.stringify(root);
        const value = compileOrRefuse(code);
        compiled += value ? 1 : 0;
        value?.read(root);
        expect(JSON.stringify(root)).toBe(before);
      }),
      { numRuns: 2_000 },
    );
    expect(compiled).toBeGreaterThan(100);
  });

  it('gives JSON only, whatever an answer holds', () => {
    const texts = [
      '=@',
      '=a',
      '=*',
      '=keys(@)',
      '=values(@)[0]',
      '=merge(@, @)',
      '=to_array(@)',
      '=a.b',
      '=[a, b]',
      '={x: a}',
    ];
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.jsonValue(), (code, sent) => {
        const value = read(code, JSON.parse(JSON.stringify(sent)));
        expect(value === undefined || JSON.parse(JSON.stringify(value))).toEqual(value ?? true);
      }),
    );
  });

  function compileOrRefuse(code: string): ReturnType<typeof compileValue> | null {
    try {
      return compileValue(code);
    } catch (error) {
      if (error instanceof LanguageError) return null;
      throw error;
    }
  }
});

describe('a text that a request sends', () => {
  const context: RequestContext = {
    token: 'T',
    method: 'GET',
    path: '/providers',
    query: 'page=2',
    now: 1_700_000_000,
    nonce: 'abc',
    secrets: { key: 'S' },
    since: null,
  };
  const scope = { names: ['token', 'method', 'path', 'now', 'secrets', 'since'] as const, secrets: ['key'] };
  const send = (text: string) => compileSent(text, scope)(context);

  it.each([
    ['plain', 'plain'],
    ['', ''],
    ['==plain', '=plain'],
    ["=join('', [token, path])", 'T/providers'],
    ['=to_string(now)', '1700000000'],
    ['=now', '1700000000'],
    ['=since', null],
    ['=secrets.key', 'S'],
    ['=$.secrets.key', 'S'],
    ['=@ | secrets.key', 'S'],
  ])('%s is %j', (text, sent) => {
    expect(send(text)).toBe(sent);
  });

  it.each([
    [
      '=tokn',
      'reads tokn, which is none of the names of this request: token, method, path, now, secrets, since; did you mean token?',
    ],
    [
      '=query',
      'reads query, which is none of the names of this request: token, method, path, now, secrets, since',
    ],
    ['=secrets.kye', 'reads kye, which is none of the secrets: key; did you mean key?'],
    ['=@ | secrets | kye', 'reads kye, which is none of the secrets: key; did you mean key?'],
    [
      '=[method, {a: tkoen}]',
      'reads tkoen, which is none of the names of this request: token, method, path, now, secrets, since; did you mean token?',
    ],
  ])('is refused: %s', (text, message) => {
    expect(() => compileSent(text, scope)).toThrow(new LanguageError(message));
  });

  it.each(['=to_string(since)', '=sha256(since)', '=[path]', '=secrets', '=path == method'])(
    'fails without a value in the message: %s',
    (text) => {
      expect(() => send(text)).toThrow(/^cannot be computed: [a-z ]+$/);
    },
  );
});
