import { randomBytes } from 'node:crypto';
import type { Json } from '../../contract/answer';
import type { Partner } from '../config/partner';
import { type RequestPart, scopeOf } from '../config/request-scope';
import { type Body, isForm, isHeaderValue } from '../config/texts';
import { withFragment } from '../language/body-place';
import { LanguageError } from '../language/language-error';
import { compileSent, type RequestContext, type RequestScope, type SentText } from '../language/sent-text';
import { PartnerFailure } from './partner-failure';

/** A request to the partner, as it is sent. */
export interface PartnerRequest {
  readonly method: 'GET' | 'POST';
  /** On the partner's origin. Its fragment is not sent. */
  readonly url: URL;
  readonly headers: { readonly [name: string]: string };
  /** Undefined if the request has none. */
  readonly body: string | undefined;
  /** The statuses that mean that the token was rejected; none for a request without a token. */
  readonly rejectedStatus: readonly number[];
  /** Reads why the request was refused from the body of a 4xx answer; null if the body has no reason that may be shown. */
  readonly explainRefusal?: (body: AsyncIterable<Buffer>) => Promise<string | null>;
}

/** What a request depends on, beside partners.yaml. */
export interface RequestValues {
  readonly token: string | null;
  /** ISO 8601: when the last good run started; null before the first one. */
  readonly since: string | null;
}

/** The keys of `auth` and of `providers` that describe a request. */
interface RequestRules {
  readonly path: string;
  readonly method?: 'GET' | 'POST' | undefined;
  readonly headers?: { readonly [name: string]: string } | undefined;
  readonly query?: { readonly [name: string]: string } | undefined;
  readonly body?: Body | undefined;
}

type BuiltRequest = Omit<PartnerRequest, 'rejectedStatus' | 'explainRefusal'>;

/**
 * Creates the function that builds the requests of one endpoint. The parameters of `query` are added to the path. The
 * expressions see the path and the query of the address that is requested.
 *
 * @returns a function of the values and of another address on the same origin, for a later page. It throws PartnerFailure
 *   `RequestInvalid` if a part cannot be computed.
 */
export function createRequestBuilder(
  partner: Partner,
  part: RequestPart,
  rules: RequestRules,
): (values: RequestValues, address?: (first: URL) => URL) => BuiltRequest {
  const { secrets = {} } = partner;
  const method = rules.method ?? (rules.body === undefined ? 'GET' : 'POST');
  const base = new URL(`${partner.baseUrl}${rules.path}`);
  const query = compileTexts(rules.query ?? {}, scopeOf(partner, part, true), `${part}.query`);
  const scope = scopeOf(partner, part, false);
  const headers = compileTexts(rules.headers ?? {}, scope, `${part}.headers`);
  const body = rules.body && compileBody(rules.body, scope, `${part}.body`);
  const write = isForm(rules.headers) ? toForm : (sent: Json) => JSON.stringify(sent);

  return ({ token, since }, address = (first) => first) => {
    const now = Math.floor(Date.now() / 1000);
    const nonce = randomBytes(16).toString('hex');
    const known = { token, since, method, now, nonce, secrets };
    const url = address(withQuery(base, query({ ...known, path: base.pathname })));
    const context = { ...known, path: url.pathname, query: url.search.slice(1) };
    const sent = headers(context);
    const refused = sent.find(([, value]) => value === null || !isHeaderValue(value));
    if (refused) throw unbuildable(`${part}.headers.${refused[0]}`, 'has no value that a header can hold');
    return {
      method,
      url,
      headers: {
        ...(body && { 'Content-Type': 'application/json' }),
        ...(Object.fromEntries(sent) as { [name: string]: string }),
      },
      body: body && write(withFragment(body(context), url)),
    };
  };
}

/** Percent-encodes everything but unreserved characters (RFC 3986), so that the query is the same for every reader. */
function withQuery(base: URL, parameters: readonly (readonly [string, string | null])[]): URL {
  const url = new URL(base);
  const added = parameters.flatMap(([name, value]) =>
    value === null ? [] : [`${encode(name)}=${encode(value)}`],
  );
  url.search = [url.search.slice(1), ...added].filter((text) => text !== '').join('&');
  return url;
}

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The texts by their names. @throws PartnerFailure `RequestInvalid`, without any value */
function compileTexts(
  texts: { readonly [name: string]: string },
  scope: RequestScope,
  place: string,
): (context: RequestContext) => (readonly [name: string, value: string | null])[] {
  const compiled = Object.entries(texts).map(
    ([name, text]) => [name, compute(compileSent(text, scope), `${place}.${name}`)] as const,
  );
  return (context) => compiled.map(([name, send]) => [name, send(context)] as const);
}

/** JSON with its texts computed. A member whose value is null is left out. */
function compileBody(body: Body, scope: RequestScope, place: string): (context: RequestContext) => Json {
  const compile = (value: Body[string], at: string): ((context: RequestContext) => Json) => {
    if (typeof value === 'string') return compute(compileSent(value, scope), at);
    if (value === null || typeof value !== 'object') return () => value;
    const members = Object.entries(value).map(([key, item]) => [key, compile(item, `${at}.${key}`)] as const);
    if (Array.isArray(value)) return (context) => members.map(([, send]) => send(context));
    return (context) =>
      Object.fromEntries(
        members.map(([key, send]) => [key, send(context)] as const).filter(([, item]) => item !== null),
      );
  };
  return compile(body, place);
}

function toForm(body: Json): string {
  return new URLSearchParams(
    Object.entries(body as object).map(([name, value]) => [name, String(value)]),
  ).toString();
}

function compute(send: SentText, place: string): SentText {
  return (context) => {
    try {
      return send(context);
    } catch (error) {
      if (!(error instanceof LanguageError)) throw error;
      throw unbuildable(place, error.message);
    }
  };
}

function unbuildable(place: string, fault: string): PartnerFailure {
  return new PartnerFailure('RequestInvalid', `${place} ${fault}`);
}
