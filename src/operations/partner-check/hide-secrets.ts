import type { PartnerRequest } from '../../partner/call/build-request';
import type { Partner } from '../../partner/config/partner';

/** A request as it was sent, with `[hidden]` in place of what may be a secret. */
export interface ShownRequest {
  readonly method: string;
  /** The path and the query. */
  readonly address: string;
  readonly headers: { readonly [name: string]: string };
  /** The names of the members of the body; null without one. Its values are not shown. */
  readonly body: readonly string[] | null;
}

/** Hides what may be a secret, such as the token that was used. */
export interface SecretHider {
  request(request: PartnerRequest, token: string | null): ShownRequest;
  /** A path, a query or both; or a fragment, which names a place in the body and its value. */
  address(address: string, token: string | null): string;
}

const HIDDEN = '[hidden]';
/** Every other header may be a key, a signature or a cookie. */
const SHOWN_HEADERS = new Set(['accept', 'accept-encoding', 'accept-language', 'content-type', 'user-agent']);
const CREDENTIAL = /key|token|secret|passw|auth|sign|^sig$|session/i;
/** Parameters such as `page_token` say which page is requested. */
const OF_PAGES = /page|cursor|next|offset|continuation/i;
/** Shorter texts occur by chance, so they are hidden only as whole values. */
const LEAST_LENGTH = 6;

/**
 * Creates what hides the secrets of a partner.
 *
 * @param variables values of the variables that partners.yaml reads, which may be secrets
 */
export function createSecretHider(partner: Partner, variables: readonly string[]): SecretHider {
  const { auth, secrets = {} } = partner;
  const credentials = [auth?.oauth?.clientSecret, auth?.oauth?.privateKey, auth?.basic?.password];
  const known = [...Object.values(secrets), ...credentials, ...variables].filter(isText);

  const hideFor = (token: string | null) => createHide(token === null ? known : [token, ...known]);

  return {
    request({ method, url, headers, body }, token) {
      const hide = hideFor(token);
      return {
        method,
        address: showAddress(`${url.pathname}${url.search}`, hide),
        headers: showHeaders(headers, hide),
        body: body === undefined ? null : namesIn(body),
      };
    },
    address: (address, token) => showAddress(address, hideFor(token)),
  };
}

function isText(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}

type Hide = (text: string) => string;

function createHide(secrets: readonly string[]): Hide {
  // The longest first, so that no part of it is left.
  const ordered = [...secrets].sort((a, b) => b.length - a.length);
  return (text) =>
    ordered.reduce((shown, secret) => {
      if (shown === secret) return HIDDEN;
      return secret.length < LEAST_LENGTH ? shown : shown.replaceAll(secret, HIDDEN);
    }, text);
}

/** A header that is given twice is sent once, with its last value. */
function showHeaders(headers: PartnerRequest['headers'], hide: Hide): ShownRequest['headers'] {
  const shown = new Map<string, [name: string, value: string]>();
  for (const [name, value] of Object.entries(headers)) {
    const key = name.toLowerCase();
    const [first] = shown.get(key) ?? [name];
    shown.set(key, [first, SHOWN_HEADERS.has(key) ? hide(value) : HIDDEN]);
  }
  return Object.fromEntries(shown.values());
}

function showAddress(address: string, hide: Hide): string {
  const [target = '', fragment = ''] = address.split(/#(.*)/s, 2);
  const [path = '', query = ''] = target.split(/\?(.*)/s, 2);
  return `${hide(decode(path))}${showParameters('?', query, hide)}${showParameters('#', fragment, hide)}`;
}

function showParameters(mark: '?' | '#', text: string, hide: Hide): string {
  const parameters = [...new URLSearchParams(text)].map(
    ([name, value]) => `${name}=${isCredential(name) ? HIDDEN : hide(value)}`,
  );
  return parameters.length > 0 ? `${mark}${parameters.join('&')}` : '';
}

function isCredential(name: string): boolean {
  return CREDENTIAL.test(name) && !OF_PAGES.test(name);
}

function decode(pathname: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return pathname;
  }
}

/** The names of a JSON object or of a form. */
function namesIn(body: string): string[] {
  try {
    return Object.keys(JSON.parse(body));
  } catch {
    return [...new URLSearchParams(body).keys()];
  }
}
