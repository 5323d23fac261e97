import { PartnerFailure } from '../call/partner-failure';
import type { Partner } from '../config/partner';

/** The list of an answer, and the objects around it. */
export interface ReadAnswer {
  readonly records: unknown[];
  /** The outermost first; empty if the answer itself is the list. */
  readonly envelope: readonly { readonly [key: string]: unknown }[];
}

/**
 * Reads the body of a 200 answer strictly: UTF-8, JSON, and a list of at least `minimumCount` records at the place
 * that partners.yaml names. The content type is ignored: the partner sends `text/html` even for JSON.
 *
 * @throws PartnerFailure `IncompleteResponse`, `ResponseTooLarge`, or `TokenRejected` if the text means that there is no token
 */
export function readRecords(body: Uint8Array, providers: Partner['providers']): ReadAnswer {
  if (body.length === 0) throw incomplete('the body was empty');
  const text = decode(body);
  if (providers.noTokenText !== undefined && text.trim() === providers.noTokenText) {
    throw new PartnerFailure('TokenRejected', 'the partner said under a 200 that there is no token');
  }
  const nodes = follow(parse(text), providers.records);
  const records = nodes.at(-1);
  if (!Array.isArray(records)) throw incomplete(`there was no list at "${providers.records ?? 'the top'}"`);
  if (records.length < providers.minimumCount) {
    throw incomplete(`${records.length} records where at least ${providers.minimumCount} were expected`);
  }
  if (records.length > providers.maximumCount) {
    throw new PartnerFailure(
      'ResponseTooLarge',
      `${records.length} records, more than maximumCount (${providers.maximumCount})`,
    );
  }
  return { records, envelope: nodes.slice(0, -1) as ReadAnswer['envelope'] };
}

function decode(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw incomplete('the body was not UTF-8');
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the body, so it must not be reported.
    throw incomplete(
      /^\s*</.test(text) ? 'the body was HTML, not JSON' : 'the JSON was cut off or malformed',
    );
  }
}

/** The values along the path, beginning with the whole body; undefined after the last key that exists. */
function follow(value: unknown, path: string | undefined): unknown[] {
  const nodes = [value];
  for (const key of path?.split('.') ?? []) {
    const node = nodes.at(-1);
    const leads = node !== null && typeof node === 'object' && Object.hasOwn(node, key);
    nodes.push(leads ? (node as Record<string, unknown>)[key] : undefined);
  }
  return nodes;
}

function incomplete(message: string): PartnerFailure {
  return new PartnerFailure('IncompleteResponse', message);
}
