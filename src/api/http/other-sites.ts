import type { FastifyRequest } from 'fastify';
import type { PublicUrl } from './public-url';

const READS = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Why a request that a page of another site sends is refused; null for any other. Browsers say where a request
 * comes from. Programs say nothing, and carry no cookie that a page could abuse. A person may follow a link to us.
 *
 * @param isPublic whether anyone may read what is asked for
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
