import type { IncomingHttpHeaders } from 'node:http';

/**
 * Why a change is refused that a browser may send for a page of another site: by a name that resolves to this machine,
 * or from another origin. A browser sends the origin of each change. Programs need not.
 *
 * @returns the reason, or null if it is not refused
 */
export function refusalOfOtherSite(headers: IncomingHttpHeaders): string | null {
  const { host = '', origin } = headers;
  const site = headers['sec-fetch-site'];
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/i.test(host)) {
    return 'Use the host 127.0.0.1 or localhost; no other Host is served.';
  }
  const isOther = origin !== undefined && origin !== `http://${host}`;
  const isElsewhere = site !== undefined && site !== 'same-origin' && site !== 'none';
  return isOther || isElsewhere ? 'Requests from pages of another origin are not served.' : null;
}
