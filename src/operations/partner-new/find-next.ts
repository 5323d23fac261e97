import type { Json } from '../../contract/answer';
import type { AnswerHeaders } from '../../partner/call/answer-headers';
import { compilePath } from '../../partner/language/path';
import { findLink } from '../../partner/page/link-header';
import { listPlaces } from '../list-places';
import { nameOf } from './find-candidates';

/** `next` of partners.yaml, and what is only a guess about it. */
export interface FoundNext {
  readonly next: { readonly [key: string]: string | { readonly [key: string]: string } };
  readonly note?: string;
}

const NEXT_LINKS = "=link[?relation=='next'].url | [0]";
const PAGE = /^(page|pagenumber|pageno)$/;
const OFFSET = /^(offset|skip|start|startindex)$/;
const SIZE = /(limit|size|count|perpage|top)$/;
const TOTAL =
  /^(meta|page|paging|pagination)?(total(count|records|items|elements|results|hits)?|resultcount)$/;

/** What leads to the next page: in the answer, in its Link header, or a number in the address. */
export function findNext(
  envelope: Json | undefined,
  headers: AnswerHeaders,
  query: URLSearchParams,
): FoundNext | undefined {
  if (findLink(headers, 'next') !== undefined) return { next: { header: 'next' } };
  if (envelope !== undefined) {
    const found = hasNextLink(envelope) ? { next: { link: NEXT_LINKS } } : findInEnvelope(envelope);
    if (found) return found;
  }
  const names = [...query.keys()];
  const page = names.find((name) => PAGE.test(nameOf(name)));
  if (page !== undefined) return { next: { page } };
  const offset = names.find((name) => OFFSET.test(nameOf(name)));
  return offset === undefined ? undefined : { next: { offset } };
}

/** Whether a parameter of the address is the size of a page. */
export function isSize(parameter: string): boolean {
  return SIZE.test(nameOf(parameter));
}

/** The place of the number of all records, of which there are at least this many. */
export function findTotal(envelope: Json | undefined, least: number): string | undefined {
  if (envelope === undefined) return undefined;
  return listPlaces([envelope])
    .filter((place) => TOTAL.test(nameOf(place)))
    .find((place) => {
      const value = compilePath(place).read(envelope);
      return typeof value === 'number' && value >= least;
    });
}

function hasNextLink(envelope: Json): boolean {
  const links = compilePath('link').read(envelope);
  return Array.isArray(links) && links.some((link) => compilePath('relation').read(link) === 'next');
}

function findInEnvelope(envelope: Json): FoundNext | undefined {
  for (const place of listPlaces([envelope])) {
    const value = compilePath(place).read(envelope);
    const name = nameOf(place);
    if (!name.includes('next') || typeof value !== 'string' || value === '') continue;
    if (/^(https?:\/\/|[/?])/.test(value)) return { next: { link: place } };
    const query = lastKey(place).replace(/^next_?/i, '');
    return {
      next: { cursor: { query: query === '' ? 'cursor' : lowerFirst(query), from: place } },
      note: 'the name of the query parameter is a guess',
    };
  }
  return undefined;
}

function lastKey(place: string): string {
  return place.slice(place.lastIndexOf('.') + 1);
}

function lowerFirst(text: string): string {
  return `${text.slice(0, 1).toLowerCase()}${text.slice(1)}`;
}
