import { once } from 'node:events';
import { connect, isIP } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { Partner } from '../config/partner';

/** The reason why a connection to a partner fails. */
export interface Unreachable {
  readonly kind: 'connection' | 'certificate';
  readonly reason: string;
  /** ISO 8601, UTC: the time when its certificate expired, if that is the reason. */
  readonly since: string | null;
}

/**
 * Connects to a partner, and checks its certificate for https. It sends no request, because a call to the auth
 * endpoint would invalidate the token of a run.
 *
 * @returns null if it can be reached
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
    ? // The certificate is checked below: Node would not describe one that it refuses.
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
