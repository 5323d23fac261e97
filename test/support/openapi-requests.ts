import fc from 'fast-check';

const FORM = 'application/x-www-form-urlencoded';

interface Media {
  readonly schema: { readonly type?: string; readonly enum?: string[] };
  readonly example?: unknown;
}
interface Parameter {
  readonly name: string;
  readonly description?: string;
  readonly in: 'query' | 'path' | 'header';
  readonly schema: Media['schema'] & { readonly maximum?: number; readonly format?: string };
}
/** An operation of the OpenAPI document, and where it is. */
export interface Route {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}
export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: string[];
  readonly parameters?: Parameter[];
  readonly requestBody?: { readonly content: Record<string, Media> };
  readonly responses: Record<
    string,
    { readonly description: string; readonly content?: Record<string, Media> }
  >;
}
/** A request. */
export interface Sent {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: string | undefined;
}

/** Existing values for parameters, by name. */
export type KnownValues = Readonly<Record<string, readonly string[]>>;

const rarely = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: 7, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });

/** A request to an operation: each part is as described or known, or odd, or left out. */
export function requestTo(
  { path, operation }: Route,
  known: KnownValues,
  odd: fc.Arbitrary<string>,
): fc.Arbitrary<Sent> {
  const parameters = operation.parameters ?? [];
  const values = (parameter: Parameter) =>
    fc.oneof({ weight: 5, arbitrary: good(parameter, known) }, { weight: 1, arbitrary: odd });
  const segments = parameters
    .filter((parameter) => parameter.in === 'path')
    .map((parameter) =>
      values(parameter).map((value) => [parameter.name, encodeURIComponent(value)] as const),
    );
  const raw = fc.constantFrom('%', '%zz', '%00', '%2e%2e', '%ED%A0%80', '..', '*', ':id');
  const query = parameters
    .filter((parameter) => parameter.in === 'query')
    .map((parameter) =>
      fc
        .tuple(values(parameter), fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2))
        .map(([value, times]) => Array.from({ length: times }, () => [parameter.name, value])),
    );
  return fc
    .record({
      segments: fc.tuple(...segments),
      broken: rarely(raw),
      query: fc.tuple(...query),
      unknown: rarely(odd),
      accept: rarely(
        fc.constantFrom(
          '*/*',
          'text/csv',
          'application/x-ndjson;q=0.5',
          'image/*',
          ';;;',
          'application/json;q=0',
        ),
      ),
      conditional: rarely(fc.constantFrom('*', '"x", W/"y"', 'nonsense')),
      crossSite: rarely(fc.constant('cross-site')),
      proxied: rarely(fc.constant('10.0.0.1')),
      key: rarely(fc.constantFrom('one', 'two', '', '"q"', '\u00e4')),
      body: bodyOf(operation),
    })
    .map(({ segments, broken, query, unknown, accept, conditional, crossSite, proxied, key, body }) => {
      const filled = segments.reduce(
        (whole, [name, value]) => whole.replace(`{${name}}`, () => broken ?? (value || 'x')),
        path,
      );
      const search = new URLSearchParams(query.flat() as string[][]);
      if (unknown !== null) search.append(unknown || 'unknown', '1');
      return {
        path: search.size > 0 ? `${filled}?${search}` : filled,
        headers: {
          ...(accept !== null && { accept }),
          ...(conditional !== null && { 'if-none-match': conditional }),
          ...(crossSite !== null && { 'sec-fetch-site': crossSite }),
          ...(proxied !== null && { 'x-forwarded-for': proxied }),
          ...(key !== null && { 'idempotency-key': key }),
          ...body.headers,
        },
        body: body.text,
      };
    });
}

/** A value as the document describes it. */
function good(
  { name, schema: { type, enum: values, maximum = 1, format } }: Parameter,
  known: KnownValues,
): fc.Arbitrary<string> {
  if (values) return fc.constantFrom(...values);
  if (known[name]) return fc.constantFrom(...known[name]);
  if (type === 'integer') return fc.integer({ min: 1, max: maximum }).map(String);
  if (type === 'boolean') return fc.boolean().map(String);
  if (format === 'date-time') return fc.constantFrom('2026-03-01T00:00:00Z', '0001-01-01T00:00:00+14:00');
  return fc.constantFrom('Family', 'North Clinic', 'Dr.');
}

function bodyOf({
  requestBody,
}: Operation): fc.Arbitrary<{ headers: Record<string, string>; text?: string }> {
  if (!requestBody) return fc.constant({ headers: {} });
  const [type = '', { example = {} } = {}] = Object.entries(requestBody.content)[0] ?? [];
  const json = { 'content-type': 'application/json' };
  const isForm = type === FORM;
  const form = new URLSearchParams(
    isForm ? { name: 'zo', _count: '2' } : { partner: 'noteworth' },
  ).toString();
  return fc.oneof(
    fc.constant({ headers: {} }),
    fc.constant({ headers: { 'content-type': type }, text: isForm ? form : JSON.stringify(example) }),
    fc.json({ maxDepth: 3 }).map((text) => ({ headers: json, text })),
    fc
      .constantFrom('', '{', '{"__proto__":{}}', '{"partner":"\\u0000"}', '\ufeff{}')
      .map((text) => ({ headers: json, text })),
    fc
      .constantFrom('text/plain', FORM, 'application/xml', 'nonsense', 'a/b; c')
      .map((type) => ({ headers: { 'content-type': type }, text: form })),
    fc.constant({ headers: json, text: `{"note":"${'x'.repeat(70_000)}"}` }),
  );
}
