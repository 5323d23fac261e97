import type { Partner } from '../partner/config/partner';

type Fields = Partial<Partner['fields']>;

/** How a partner is read, as partners.yaml says. It has no secret and no value that a request sends. */
export interface PartnerReading {
  readonly authentication: {
    /** `token`: a request of its own gets a token. `none`: no authentication, or a key in a header. */
    readonly kind: 'token' | 'oauth' | 'basic' | 'none';
    /** The request that gets the token; null without one. */
    readonly request: DescribedRequest | null;
  };
  /** The request for the list. */
  readonly request: DescribedRequest;
  readonly format: Partner['providers']['format'];
  /** The character encoding; null if the answer shows it. */
  readonly encoding: string | null;
  /** The place of the list in a JSON answer; null if the answer itself is the list. */
  readonly records: string | null;
  /** How the next page is found; `none` if there is one page. */
  readonly paging: 'none' | 'link' | 'header' | 'cursor' | 'page' | 'offset';
  /** The place in the body of a request that says which page is requested; null if nothing in it does. */
  readonly pageInBody: string | null;
  /** The place of each of our fields in a record. */
  readonly fields: Fields;
  /** Fixed values of our fields. */
  readonly constants: Fields;
  readonly optional: Partner['optional'];
  readonly ignore: readonly string[];
  /** What in a record says that the person left; null if nothing does. */
  readonly departed: string | null;
  readonly limits: {
    /** Of one page, in bytes after decompression. */
    readonly maxBytes: number;
    readonly maximumCount: number;
    readonly maximumPages: number;
    /** Of the text of a field, in UTF-16 code units. */
    readonly maxLength: number;
    /** The share of providers that may leave without approval, from 0 to 1; null unless the feed is a snapshot. */
    readonly maximumDeparted: number | null;
  };
}

/** A request without the values that it sends. */
export interface DescribedRequest {
  readonly method: 'GET' | 'POST';
  /** Without its query. */
  readonly path: string;
  /** The names of the parameters of its query. */
  readonly parameters: readonly string[];
  /** The names of the headers that authenticate it or are in partners.yaml. */
  readonly headers: readonly string[];
}

/** Describes how a partner is read. */
export function describeReading(partner: Partner): PartnerReading {
  const {
    auth,
    providers,
    fields,
    constants = {},
    optional,
    ignore,
    departed = null,
    maxBytes,
    maxLength,
  } = partner;
  const { format, encoding = null, records = null, maximumCount, maximumPages } = providers;
  const maximumDeparted = partner.feed === 'snapshot' ? partner.maximumDeparted : null;
  return {
    authentication: describeAuthentication(auth),
    request: describeRequest(providers, [
      ...(auth?.oauth || auth?.basic ? ['Authorization'] : []),
      ...(providers.checksumHeader === undefined ? [] : [providers.checksumHeader]),
    ]),
    format,
    encoding,
    records,
    paging: pagingOf(providers.next),
    pageInBody: placeOf(providers.next),
    fields,
    constants,
    optional,
    ignore,
    departed,
    limits: { maxBytes, maximumCount, maximumPages, maxLength, maximumDeparted },
  };
}

function describeAuthentication(auth: Partner['auth']): PartnerReading['authentication'] {
  if (auth?.path !== undefined) {
    return { kind: 'token', request: describeRequest({ ...auth, path: auth.path }) };
  }
  if (auth?.oauth) {
    return { kind: 'oauth', request: describeRequest({ method: 'POST', path: auth.oauth.tokenPath }) };
  }
  return { kind: auth?.basic ? 'basic' : 'none', request: null };
}

function pagingOf(next: Partner['providers']['next']): PartnerReading['paging'] {
  const kinds = ['link', 'header', 'cursor', 'page', 'offset'] as const;
  return kinds.find((kind) => next?.[kind] !== undefined) ?? 'none';
}

function placeOf({ cursor, page, offset }: Partner['providers']['next'] = {}): string | null {
  const sent = cursor ?? page ?? offset;
  return (typeof sent === 'object' && sent.body) || null;
}

type Configured = Pick<Partner['providers'], 'path'> &
  Partial<Pick<Partner['providers'], 'method' | 'query' | 'body' | 'headers'>>;

function describeRequest(
  { method, path, query = {}, body, headers = {} }: Configured,
  authenticating: readonly string[] = [],
): DescribedRequest {
  const [pathname = '', inPath] = path.split('?', 2);
  return {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    path: pathname,
    parameters: [...new Set([...new URLSearchParams(inPath).keys(), ...Object.keys(query)])],
    headers: [...authenticating, ...Object.keys(headers)],
  };
}
