import { create } from 'content-disposition';

/** What stands before a value that does not say by itself what it is. */
const BEFORE: Readonly<Record<string, string>> = {
  changedSince: 'since',
  startedAfter: 'since',
  startedBefore: 'before',
  repeated: 'repeated',
  minDurationMs: 'ms-from',
  maxDurationMs: 'ms-to',
  since: 'since',
  until: 'until',
  runId: 'run',
  run: 'run',
  group: 'group',
};
/** An order is no filter. */
const LEFT_OUT: ReadonlySet<string> = new Set(['sort', 'listed']);

const LONGEST_VALUE = 40;
/** Characters of the whole name. Four bytes each are still less than the 255 that file systems allow. */
const LONGEST = 50;
const TIME = /^\d{4}-\d\d-\d\dT/;
const ID = /^[0-9a-f]{8}-[0-9a-f-]{27}$|^[0-9a-f]{64}$/i;

/**
 * The header that names a saved list by its filter and the day, such as `providers-lakeside-clinic-2026-03-01.csv`. Letters
 * outside ASCII are in the extended form of the header (RFC 5987), and left out or without accents in the plain one.
 */
export function exportDisposition(
  list: { readonly name: string; readonly filter: object },
  extension: string,
  now = new Date(),
): string {
  const day = now.toISOString().slice(0, 10);
  const file = (filter: string) => `${[list.name, filter, day].filter(Boolean).join('-')}.${extension}`;
  const filter = describe(list.filter);
  return create(file(filter), { fallback: file(slug(toAscii(filter), LONGEST)) });
}

function describe(filter: object): string {
  const parts = Object.entries(filter).map(([name, value]) =>
    value === undefined || LEFT_OUT.has(name)
      ? ''
      : [BEFORE[name], shorten(String(value))].filter(Boolean).join('-'),
  );
  return slug(parts.filter(Boolean).join('-'), LONGEST);
}

function shorten(value: string): string {
  if (TIME.test(value)) return value.slice(0, 10);
  if (ID.test(value)) return value.slice(0, 8);
  return slug(value, LONGEST_VALUE);
}

/** Lower-case letters and digits, with hyphens between words. */
function slug(text: string, longest: number): string {
  const words = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '-');
  return [...words]
    .slice(0, longest)
    .join('')
    .replace(/^-+|-+$/g, '');
}

function toAscii(text: string): string {
  return text.normalize('NFKD').replace(/[^\x20-\x7e]+/g, '');
}
