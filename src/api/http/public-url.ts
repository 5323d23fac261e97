import type { FastifyRequest } from 'fastify';
import { isLoopback } from '../../process/loopback';

/** The origin under which browsers and programs reach us, as configured; null where it is not. */
export type PublicUrl = string | null;

/** A host with its port, as in the header. */
const HOST = /^(?<name>[^:[\]]+|\[[^[\]]+\])(:\d{1,5})?$/;

/** Whether a request came to a loopback name, and to nothing else that the header could hold. */
export function isLoopbackHost(host: string): boolean {
  return isLoopback(HOST.exec(host)?.groups?.name ?? '');
}

/** Whether the sender reaches us by TLS. */
export function isSecure({ protocol }: FastifyRequest, publicUrl: PublicUrl): boolean {
  return protocol === 'https' || (publicUrl?.startsWith('https:') ?? false);
}

/**
 * What links begin with. A sender writes the Host header, so it counts on a loopback name only; elsewhere, where
 * nothing is configured, links have no origin.
 */
export function originForLinks({ protocol, host }: FastifyRequest, publicUrl: PublicUrl): string {
  if (publicUrl !== null) return publicUrl;
  return isLoopbackHost(host) ? `${protocol === 'https' ? 'https' : 'http'}://${host}` : '';
}
