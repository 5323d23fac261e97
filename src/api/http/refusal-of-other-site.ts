import type { FastifyRequest } from 'fastify';
import type { PublicUrl } from './public-url';

const READS = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Decides whether a request from a page of another site is refused. Browsers send the origin of a request.
 * Programs do not, and they send no cookie that a page could abuse. A person may follow a link to us.
 *
 * @param isPublic whether anyone may read the answer
 * @returns the reason, or null if the request is not refused
 */
export function refusalOfOtherSite(
  request: FastifyRequest,
  publicUrl: PublicUrl,
  isPublic: boolean,
): string | null {
  if (!isFromOtherSite(request, publicUrl)) return null;
  if (!READS.includes(request.method)) return 'Pages of other origins may not change anything here.';
  return isPublic || isNavigation(request) ? null : 'Pages of other origins may not read anything here.';
}

function isFromOtherSite({ headers, host }: FastifyRequest, publicUrl: PublicUrl): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const { origin } = headers;
  return origin !== undefined && origin !== publicUrl && URL.parse(origin)?.host !== host;
}

function isNavigation({ method, headers }: FastifyRequest): boolean {
  return (
    method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
  );
}
