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

/** The parts of a request that the partner reads. */
export interface PartnerRequest {
  readonly endpoint: Endpoint;
  readonly path: string;
  readonly checksum: string | undefined;
}

/** The partner without faults: one token for all callers, and a new sample of the people in each answer. */
export class SimulatedPartner {
  private token: string | undefined;

  /**
   * @param drawRecords draws a new sample of the people, of the given size or the default size
   * @param onToken called with each new token
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

  /** Creates a new token, which invalidates the previous one. */
  createToken(): string {
    this.token = randomUUID();
    this.onToken(this.token);
    return this.token;
  }

  /** The correct answer to the request. `records` replaces the sample. */
  respond(request: PartnerRequest, records?: readonly unknown[]): Answer {
    if (request.endpoint === 'providers') {
      if (request.checksum === undefined) return answer(401);
      if (this.token === undefined) return answer(200, 'Error: No token created');
      if (request.checksum !== checksum(this.token, request.path)) return answer(403);
    }
    return this.grant(request.endpoint, records);
  }

  /** The successful answer, without a check of the request. `records` replaces the sample. */
  grant(endpoint: Endpoint, records?: readonly unknown[]): Answer {
    return endpoint === 'auth'
      ? answer(200, 'OK', { [TOKEN_HEADER]: this.createToken() })
      : answer(200, recordList(records ?? this.drawRecords()));
  }
}
