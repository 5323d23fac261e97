import { setImmediate } from 'node:timers/promises';
import type { Json } from '../../contract/answer';
import type { JsonObject } from '../answer/attributes';
import { checkEnvelope, findReportedErrors, toCount } from '../answer/check-envelope';
import type { CheckedSlice, PageEnd } from '../answer/checked-page';
import { createPageCheck } from '../answer/page-check';
import { type AnswerHeaders, charsetOf } from '../call/answer-headers';
import type { Partner } from '../config/partner';
import { compileValue } from '../language/value';
import { createBodyDecoders } from './decode-body';
import { incomplete } from './limits';
import { createNextPage, type NextRule } from './next-page';
import { refuseBadFirstPage, refuseTooMany } from './page-totals';

/** A page whose body is still arriving. */
export interface ArrivingPage {
  /** Where it was requested. */
  readonly url: URL;
  readonly isFirst: boolean;
  readonly headers: AnswerHeaders;
  readonly body: AsyncIterable<Buffer>;
}

export type PageReader = (
  page: ArrivingPage,
  receive: (slice: CheckedSlice) => Promise<void>,
) => Promise<PageEnd>;

/**
 * Creates the function that reads a page and checks its records, from the partner's entry in partners.yaml. It hands the
 * records on in slices, waits until each one is taken, and lets other work run between them.
 *
 * The function throws PartnerFailure unless the page is complete. Slices that were handed on before are then void.
 */
export function createPageReader(partner: Partner): PageReader {
  const { format, separator, encoding, records, next: nextRule, total, noTokenText } = partner.providers;
  const others = [nextRule?.link, nextRule?.cursor?.from, total].filter((text) => text !== undefined);
  const decoders = createBodyDecoders({ format, separator, encoding, records, others, noTokenText });
  const findNext = nextRule ? createNextPage(nextRule, partner.providers.body) : () => null;
  const totalValue = total === undefined ? null : compileValue(total);
  const envelopeOf = createEnvelopeOf(records);
  const beginCheck = createPageCheck(partner);

  return async ({ url, isFirst, headers, body }, receive) => {
    const check = beginCheck();
    const decode = isFirst ? decoders.first : decoders.later;
    const take = async (slice: readonly unknown[]) => {
      refuseTooMany(check.received + slice.length, partner.providers);
      await receive(check.check(slice));
      await setImmediate();
    };
    const root = await decode(body, take, charsetOf(headers));
    const { received } = check;
    const { remarks, ...fields } = check.notes();
    const envelope = envelopeOf(root);
    const errors = findReportedErrors(envelope);
    if (received === 0 && errors.length > 0 && !isFirst && namesPages(nextRule)) {
      throw incomplete('a page that the answer before it named reported errors and had no records');
    }
    const end = {
      received,
      next: findNext({ url, root, headers, received }),
      total: root === undefined ? null : toCount(totalValue?.read(root)),
      ...fields,
      remarks: [...(nextRule ? [] : checkEnvelope(envelope, headers, received)), ...errors, ...remarks],
    };
    if (isFirst) refuseBadFirstPage(end, partner);
    return end;
  };
}

/** Whether the partner says which page is next. A page that we count to can lie behind the last one. */
function namesPages(rule: NextRule | undefined): boolean {
  return rule !== undefined && rule.page === undefined && rule.offset === undefined;
}

/** Creates the function that returns the objects around the list, the outermost first. */
function createEnvelopeOf(records: string | undefined): (root: Json | undefined) => JsonObject[] {
  const place = records === undefined ? null : compileValue(records);
  return (root) => {
    if (place === null || root === undefined) return [];
    const nodes = [root];
    const keys = place.kind === 'path' ? (place.locate(root) ?? []) : [];
    for (const key of keys.slice(0, -1)) nodes.push((nodes.at(-1) as JsonObject)[key] as Json);
    return nodes.filter((node): node is JsonObject => node !== null && typeof node === 'object');
  };
}
