import type { Remark } from '../../contract/remarks';
import { type AnswerHeaders, valuesOf } from '../call/answer-headers';
import { errorFields } from './error-fields';

type JsonObject = { readonly [key: string]: unknown };

/** Names in the compared form: lower case, without separators. */
const MORE = new Set([
  ...['next', 'nextpage', 'nextcursor', 'nexturl', 'nextlink', 'nexttoken', 'nextpagetoken', 'nextoffset'],
  ...['odatanextlink', 'continuation', 'continuationtoken'],
]);
const MORE_FLAGS = new Set([
  'hasmore',
  'hasnext',
  'hasnextpage',
  'more',
  'moreavailable',
  'truncated',
  'istruncated',
]);
const PAGES = new Set(['totalpages', 'pagecount', 'numpages', 'pages', 'lastpage']);
const TOTALS = new Set([
  ...['total', 'totalcount', 'totalrecords', 'totalitems', 'totalelements', 'totalresults', 'totalhits'],
  ...['count', 'recordcount', 'itemcount', 'resultcount', 'odatacount'],
]);
/** Objects of an envelope that may hold these names. */
const HOLDERS = new Set([
  'links',
  'paging',
  'pagination',
  'page',
  'pageinfo',
  'meta',
  'metadata',
  'cursor',
  'cursors',
]);

/** Names that are safe to show and store. Other names are left out. */
const USUAL_NAME = /^[\w@$.:-]{1,64}$/;

/** A Link header (RFC 8288) with the relation `next`. */
const NEXT_LINK = /[;,\s]rel\s*=\s*(?:next\b|"(?:[^"]*\s)?next(?:\s[^"]*)?")/i;

/**
 * Compares the size that an answer states with the number of its records. The result has at most one remark about
 * further pages and one about a total.
 *
 * @param envelope the objects around the list, the outermost first
 */
export function checkEnvelope(
  envelope: readonly JsonObject[],
  headers: AnswerHeaders,
  held: number,
): Remark[] {
  const facts = envelope.flatMap((object) => [...factsOf(object)]).filter(([name]) => USUAL_NAME.test(name));
  const pages = facts.find(([name, value]) => saysMore(name, value))?.[0] ?? findNextLink(headers);
  const total = facts
    .map(([name, value]) => (TOTALS.has(plain(name)) ? ([name, toCount(value)] as const) : null))
    .concat(headerTotals(headers))
    .find((fact) => fact !== null && fact[1] !== null && fact[1] !== held);
  return [
    ...(pages === undefined ? [] : [{ type: 'MorePages', field: pages, count: null } as const]),
    ...(total ? [{ type: 'TotalDiffers', field: total[0], count: total[1] } as const] : []),
  ];
}

/**
 * Reports errors that an answer states beside its records, as GraphQL does for a part that failed:
 * https://spec.graphql.org/October2021/#sec-Errors
 *
 * @param envelope the objects around the list
 */
export function findReportedErrors(envelope: readonly JsonObject[]): Remark[] {
  const field = envelope.flatMap(errorFields).find((name) => USUAL_NAME.test(name));
  return field === undefined ? [] : [{ type: 'ErrorsReported', field, count: null }];
}

/** The fields of an object, and of the objects in it that hold links and pages. */
function* factsOf(object: JsonObject): Generator<readonly [name: string, value: unknown]> {
  for (const [name, value] of Object.entries(object)) {
    if (value !== null && typeof value === 'object' && !Array.isArray(value) && HOLDERS.has(plain(name))) {
      for (const [inner, fact] of Object.entries(value)) yield [`${name}.${inner}`, fact];
    }
    yield [name, value];
  }
}

function saysMore(name: string, value: unknown): boolean {
  const key = plain(name);
  if (MORE_FLAGS.has(key)) return value === true || value === 'true';
  if (PAGES.has(key)) return (toCount(value) ?? 0) > 1;
  return (
    MORE.has(key) && value !== null && value !== '' && value !== false && value !== 0 && value !== undefined
  );
}

function findNextLink(headers: AnswerHeaders): string | undefined {
  if (valuesOf(headers, 'Link').some((value) => NEXT_LINK.test(value))) return 'Link';
  return valuesOf(headers, 'X-Next-Page').some((value) => value !== '') ? 'X-Next-Page' : undefined;
}

function headerTotals(headers: AnswerHeaders): (readonly [string, number | null])[] {
  const totals = ['X-Total-Count', 'X-Total'].flatMap((name) =>
    valuesOf(headers, name).map((value) => [name, toCount(value)] as const),
  );
  const ranges = valuesOf(headers, 'Content-Range').map(
    (value) => ['Content-Range', toCount(/\/(\d+)$/.exec(value)?.[1])] as const,
  );
  return [...totals, ...ranges];
}

/** The last part of a name such as `paging.next_page`, in lower case and without separators. */
function plain(name: string): string {
  return name
    .slice(name.lastIndexOf('.') + 1)
    .toLowerCase()
    .replace(/[^a-z]/g, '');
}

/** A whole number, also as text; null for anything else. */
export function toCount(value: unknown): number | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? value : null;
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : null;
}
