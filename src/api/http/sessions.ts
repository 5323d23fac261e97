import { hkdfSync, randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { DataSource } from 'typeorm';
import type { PayloadKeys } from '../../process/payload-keys';
import { endSessions, findEndedSessions } from '../../store/ended-sessions';
import { isSecure, type PublicUrl } from './public-url';

const NAME = 'provider_sync_session';
const LIFETIME_S = 12 * 60 * 60;
const ID_BYTES = 18;

/** The content of a session cookie with a valid signature that has not expired. */
interface Session {
  readonly id: string;
  /** The hash of the token with which the session was started. */
  readonly tokenHash: string;
  readonly expiresAt: Date;
}

/**
 * The keys that sign session cookies. They are derived from the payload keys, so every API process has them and
 * there is no further secret to keep. The first one signs, all are accepted.
 */
export function sessionKeys(payloadKeys: PayloadKeys): string[] {
  return payloadKeys.map(({ secret }) =>
    Buffer.from(hkdfSync('sha256', secret.export(), '', 'provider-sync session', 32)).toString('hex'),
  );
}

/**
 * People's sessions in signed cookies, for at most twelve hours. Removing a token from the configuration ends its
 * sessions. Starting one needs no database. Logging out records the session's id in Postgres, where every API
 * process looks for each request. So without Postgres no session is accepted, and none can be ended.
 */
export class Sessions {
  constructor(
    private readonly dataSource: DataSource,
    private readonly publicUrl: PublicUrl,
  ) {}

  start(request: FastifyRequest, reply: FastifyReply, tokenHash: string): void {
    const expires = Math.floor(Date.now() / 1000) + LIFETIME_S;
    const id = randomBytes(ID_BYTES).toString('base64url');
    reply.setCookie(this.nameFor(request), `${id}.${tokenHash}.${expires}`, {
      ...this.optionsFor(request),
      maxAge: LIFETIME_S,
      signed: true,
    });
  }

  /** Ends the sessions of the request. The cookie is removed only after the end is recorded. */
  async end(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const sessions = this.read(request);
    if (sessions.length > 0) await endSessions(this.dataSource, sessions);
    reply.clearCookie(this.nameFor(request), this.optionsFor(request));
  }

  /** The hashes of the tokens of the request's sessions that have not ended. */
  async tokenHashes(request: FastifyRequest): Promise<string[]> {
    const sessions = this.read(request);
    if (sessions.length === 0) return [];
    const ended = await findEndedSessions(
      this.dataSource,
      sessions.map(({ id }) => id),
    );
    return sessions.filter(({ id }) => !ended.has(id)).map(({ tokenHash }) => tokenHash);
  }

  /** A page of a sibling domain can add cookies of the same name. They come first, and hold no session. */
  private read(request: FastifyRequest): Session[] {
    const name = this.nameFor(request);
    return cookiesNamed(name, request.headers.cookie).flatMap((cookie) => {
      const { valid, value } = request.unsignCookie(cookie);
      const [id = '', tokenHash = '', expires = ''] = valid ? value.split('.') : [];
      const expiresAt = new Date(Number(expires) * 1000);
      return expiresAt.getTime() > Date.now() ? [{ id, tokenHash, expiresAt }] : [];
    });
  }

  /** With this prefix, a browser accepts the cookie over TLS only, and from no other domain. */
  private nameFor(request: FastifyRequest): string {
    return isSecure(request, this.publicUrl) ? `__Host-${NAME}` : NAME;
  }

  private optionsFor(request: FastifyRequest) {
    const secure = isSecure(request, this.publicUrl);
    return { path: '/', httpOnly: true, sameSite: 'lax', secure } as const;
  }
}

/** All values of the cookies with this name; parsers of cookies keep only one. */
function cookiesNamed(name: string, header = ''): string[] {
  return header.split(';').flatMap((pair) => {
    const [key, ...rest] = pair.trim().split('=');
    return key === name ? [decode(rest.join('='))] : [];
  });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
