import { parse } from 'http-link-header';
import { type AnswerHeaders, valuesOf } from '../call/answer-headers';
import { incomplete } from './limits';

/**
 * The first address that the Link headers (RFC 8288) name with this relation; undefined if there is none.
 *
 * @throws PartnerFailure `IncompleteResponse` if a Link header is malformed
 */
export function findLink(headers: AnswerHeaders, relation: string): string | undefined {
  for (const value of valuesOf(headers, 'Link')) {
    const [link] = parseLinks(value).rel(relation);
    if (link) return link.uri;
  }
  return undefined;
}

function parseLinks(value: string): ReturnType<typeof parse> {
  try {
    return parse(value);
  } catch {
    throw incomplete('the Link header was malformed');
  }
}
