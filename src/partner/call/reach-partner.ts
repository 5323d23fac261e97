import { once } from 'node:events';
import { connect, isIP } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { Partner } from '../config/partner';

/** Why a connection to a partner cannot be made. */
export interface Unreachable {
  readonly kind: 'connection' | 'certificate';
  readonly reason: string;
  /** ISO 8601, UTC: when its certificate expired, where that is the reason. */
  readonly since: string | null;
}

/**
 * Connects to a partner, for https as far as its certificate, and sends no request: a call to its auth endpoint
 * would kill the token of a run.
 *
 * @returns null where it can be reached
 */
export async function reachPartner(
  { baseUrl }: Pick<Partner, 'baseUrl'>,
  signal: AbortSignal,
): Promise<Unreachable | null> {
  const { hostname, port, protocol } = new URL(baseUrl);
  const host = hostname.replace(/^\[|\]$/g, '');
  const isTls = protocol === 'https:';
  const to = { host, port: Number(port || (isTls ? 443 : 80)) };
  const socket = isTls
    ? // The certificate is judged below: a refused one could not be described.
      connectTls({ ...to, rejectUnauthorized: false, ...(isIP(host) === 0 && { servername: host }) })
    : connect(to);
  socket.on('error', () => undefined);
  try {
    await once(socket, isTls ? 'secureConnect' : 'connect', { signal });
    return isTls ? judgeCertificate(socket as TLSSocket) : null;
  } catch (error) {
    const reason = signal.aborted ? 'no answer' : ((error as NodeJS.ErrnoException).code ?? String(error));
    return { kind: 'connection', reason, since: null };
  } finally {
    socket.destroy();
  }
}

function judgeCertificate(socket: TLSSocket): Unreachable | null {
  if (socket.authorized) return null;
  const code = String((socket.authorizationError as NodeJS.ErrnoException).code ?? socket.authorizationError);
  const until = socket.getPeerCertificate().valid_to;
  if (code !== 'CERT_HAS_EXPIRED') return { kind: 'certificate', reason: code, since: null };
  const since = new Date(until).toISOString();
  return { kind: 'certificate', reason: `expired on ${since.slice(0, 10)} (${code})`, since };
}
