import { PartnerFailure } from '../call/partner-failure';
import { incomplete } from './limits';

/** Bytes at the start of a body that are looked at before its records are read. */
const START_BYTES = 1024;

export interface StartRules {
  /** What the body must be, such as `JSON`. */
  readonly format: string;
  /** Whether a body without a byte is a page without a record. */
  readonly canBeEmpty: boolean;
  readonly noTokenText: string | undefined;
}

/**
 * Refuses a body that is not what was asked for: empty, HTML or XML, or the text that means "there is no token".
 *
 * @throws PartnerFailure `IncompleteResponse` or `TokenRejected`
 */
export async function* guardStart(body: AsyncIterable<Buffer>, rules: StartRules): AsyncGenerator<Buffer> {
  const length = START_BYTES + Buffer.byteLength(rules.noTokenText ?? '');
  let start: Buffer | null = Buffer.alloc(0);
  for await (const chunk of body) {
    if (start) {
      start = Buffer.concat([start, chunk]);
      if (start.length < length) continue;
      yield checked(start, rules, false);
      start = null;
    } else yield chunk;
  }
  if (start) yield checked(start, rules, true);
}

function checked(start: Buffer, rules: StartRules, isWhole: boolean): Buffer {
  const text = start.toString().trim();
  if (start.length === 0 && !rules.canBeEmpty) throw incomplete('the body was empty');
  if (isWhole && rules.noTokenText !== undefined && text === rules.noTokenText) {
    throw new PartnerFailure('TokenRejected', 'the partner said under a 200 that there is no token');
  }
  if (text.startsWith('<')) throw incomplete(`the body was ${markupOf(text)}, not ${rules.format}`);
  return start;
}

/** The declaration of XML may be left out. */
function markupOf(text: string): string {
  if (/^<(!doctype )?html\b/i.test(text)) return 'HTML';
  return /^<(\?xml|[\p{L}_])/u.test(text) ? 'XML' : 'HTML or XML';
}
