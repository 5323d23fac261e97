import type { FastifyRequest } from 'fastify';
import { isLoopback } from '../../process/loopback';

/** The configured origin under which browsers and programs reach us; null if none is configured. */
export type PublicUrl = string | null;

/** A host with its port, as in the Host header. */
const HOST = /^(?<name>[^:[\]]+|\[[^[\]]+\])(:\d{1,5})?$/;

/** Whether the Host header is a loopback name or address, and nothing else. */
export function isLoopbackHost(host: string): boolean {
  return isLoopback(HOST.exec(host)?.groups?.name ?? '');
}

/** Whether the sender reaches us over TLS. */
export function isSecure({ protocol }: FastifyRequest, publicUrl: PublicUrl): boolean {
  return protocol === 'https' || (publicUrl?.startsWith('https:') ?? false);
}

/**
 * The beginning of links. The sender chooses the Host header, so only a loopback name in it is used. For any other
 * name, links have no origin unless one is configured.
 */
export function originForLinks({ protocol, host }: FastifyRequest, publicUrl: PublicUrl): string {
  if (publicUrl !== null) return publicUrl;
  return isLoopbackHost(host) ? `${protocol === 'https' ? 'https' : 'http'}://${host}` : '';
}
