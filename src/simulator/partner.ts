import { createHash, randomUUID } from 'node:crypto';
import type { Json } from '../contract/answer';
import type { Endpoint } from '../contract/call';
import { type Answer, answer } from './answer';

export const TOKEN_HEADER = 'Super-Secure-Token';
export const CHECKSUM_HEADER = 'X-Request-Checksum';

/** The body of an answer with these records. */
export function recordList(records: readonly unknown[] | null): string {
  return JSON.stringify({ providers: records });
}

/** The checksum of a request: SHA-256 in hex of the token and the path, without a query. */
export function checksum(token: string, path: string): string {
  const [pathname = ''] = path.split('?', 1);
  return createHash('sha256').update(token).update(pathname).digest('hex');
}

/** A request as far as the partner looks at it. */
export interface PartnerRequest {
  readonly endpoint: Endpoint;
  readonly path: string;
  readonly checksum: string | undefined;
}

/** The partner without faults: one token for everybody, and a new sample of the people in each answer. */
export class Partner {
  private token: string | undefined;

  /**
   * @param drawRecords a new sample of the people, of the given size or the usual one
   * @param onToken is told of each new token
   */
  constructor(
    readonly drawRecords: (count?: number) => Json[],
    private readonly onToken: (token: string) => void = () => undefined,
  ) {}

  get hasToken(): boolean {
    return this.token !== undefined;
  }

  forgetToken(): void {
    this.token = undefined;
  }

  /** Makes a new token, which ends the one before. */
  createToken(): string {
    this.token = randomUUID();
    this.onToken(this.token);
    return this.token;
  }

  /** The answer as agreed. `records` replaces the sample. */
  respond(request: PartnerRequest, records?: readonly unknown[]): Answer {
    if (request.endpoint === 'providers') {
      if (request.checksum === undefined) return answer(401);
      if (this.token === undefined) return answer(200, 'Error: No token created');
      if (request.checksum !== checksum(this.token, request.path)) return answer(403);
    }
    return this.grant(request.endpoint, records);
  }

  /** The good answer, whatever the request says. `records` replaces the sample. */
  grant(endpoint: Endpoint, records?: readonly unknown[]): Answer {
    return endpoint === 'auth'
      ? answer(200, 'OK', { [TOKEN_HEADER]: this.createToken() })
      : answer(200, recordList(records ?? this.drawRecords()));
  }
}
