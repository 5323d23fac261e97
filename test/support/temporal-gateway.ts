import { once } from 'node:events';
import {
  type ClientHttp2Session,
  connect,
  constants,
  createSecureServer,
  createServer,
  type IncomingHttpHeaders,
  type SecureServerOptions,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

const { HTTP2_HEADER_AUTHORIZATION, HTTP2_HEADER_CONTENT_TYPE, HTTP2_HEADER_PATH, HTTP2_HEADER_STATUS } =
  constants;
/** The codes of gRPC with which the gateway refuses calls. */
const CODES = {
  NOT_FOUND: 5,
  RESOURCE_EXHAUSTED: 8,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAUTHENTICATED: 16,
} as const;
export type RefusalCode = keyof typeof CODES;

/** A proxy for the gRPC calls to Temporal: behind TLS, as Temporal Cloud is, or one that loses calls. */
export interface TemporalGateway {
  /** `localhost:port` */
  readonly address: string;
  /** From now on, calls of this method, such as `PollWorkflowTaskQueue`, do not arrive at Temporal. */
  loseCalls(method: string): void;
  /** From now on, answers to calls of this method are lost. The calls still arrive. */
  loseAnswers(method: string): void;
  /** From now on, calls of this method do not arrive at Temporal, and are answered with this code. */
  refuseCalls(method: string, code: RefusalCode): void;
  /** From now on, calls of this method arrive after this time. */
  delayCalls(method: string, milliseconds: number): void;
  /** From now on, calls of this method with a larger message are refused, as servers refuse them. */
  limitCalls(method: string, bytes: number): void;
  /** Ends all connections. New ones lose, delay, limit and refuse nothing. */
  reset(): void;
  close(): void;
}

interface GatewayOptions {
  /** `host:port` of the Temporal server behind the gateway, without TLS. */
  readonly to: string;
  /** Callers use no TLS by default. */
  readonly tls?: SecureServerOptions;
  /** Calls without this key are refused. */
  readonly apiKey?: string;
}

/** Passes gRPC calls on to a Temporal server if they have the required key or certificate. */
export async function startTemporalGateway({ to, tls, apiKey }: GatewayOptions): Promise<TemporalGateway> {
  const sessions = new Set<{ destroy(): void }>();
  const lostCalls = new Set<string>();
  const lostAnswers = new Set<string>();
  const refusedCalls = new Map<string, RefusalCode>();
  const delays = new Map<string, number>();
  const limits = new Map<string, number>();
  const disconnect = () => {
    for (const session of sessions) session.destroy();
  };
  let session: ClientHttp2Session | null = null;
  const temporal = () => {
    if (session === null || session.closed || session.destroyed) {
      session = connect(`http://${to}`);
      session.on('error', () => undefined);
      // Callers lose their connections too if Temporal ends.
      session.on('close', disconnect);
    }
    return session;
  };
  const server = tls ? createSecureServer(tls) : createServer();
  server.on('session', (session) => {
    sessions.add(session);
    session.on('error', () => undefined);
    session.on('close', () => sessions.delete(session));
  });
  server.on('stream', async (near, headers) => {
    near.on('error', () => undefined);
    if (apiKey !== undefined && headers[HTTP2_HEADER_AUTHORIZATION] !== `Bearer ${apiKey}`) {
      refuse(near, 'UNAUTHENTICATED', 'Request unauthorized.');
      return;
    }
    const method = String(headers[HTTP2_HEADER_PATH]).split('/').at(-1) ?? '';
    if (lostCalls.has(method)) return;
    const code = refusedCalls.get(method);
    if (code) {
      refuse(near, code, 'Refused by the gateway of the test.');
      return;
    }
    const delay = delays.get(method);
    if (delay) await sleep(delay);
    const limit = limits.get(method);
    const message = limit === undefined ? null : await buffer(near).catch(() => null);
    if (limit !== undefined && message !== null && message.length > limit) {
      const what = `grpc: received message larger than max (${message.length} vs. ${limit})`;
      refuse(near, 'RESOURCE_EXHAUSTED', what);
      return;
    }
    if (near.destroyed) return;
    const far = temporal().request(headers);
    far.on('error', () => near.close());
    near.on('close', () => far.close());
    let trailers: IncomingHttpHeaders = {};
    far.on('trailers', (given) => {
      trailers = given;
    });
    far.on('response', (answer, flags) => {
      if (lostAnswers.has(method)) {
        far.resume();
        return;
      }
      const endsHere = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
      near.respond(answer, { endStream: endsHere, waitForTrailers: !endsHere });
      if (!endsHere) far.pipe(near);
    });
    near.on('wantTrailers', () => near.sendTrailers(trailers));
    if (message) far.end(message);
    else near.pipe(far);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const reset = () => {
    lostCalls.clear();
    lostAnswers.clear();
    for (const faults of [refusedCalls, delays, limits]) faults.clear();
    disconnect();
  };
  return {
    address: `localhost:${(server.address() as AddressInfo).port}`,
    loseCalls: (method) => lostCalls.add(method),
    loseAnswers: (method) => lostAnswers.add(method),
    refuseCalls: (method, code) => refusedCalls.set(method, code),
    delayCalls: (method, milliseconds) => delays.set(method, milliseconds),
    limitCalls: (method, bytes) => limits.set(method, bytes),
    reset,
    close() {
      reset();
      session?.destroy();
      server.close();
    },
  };
}

function refuse(call: ServerHttp2Stream, code: RefusalCode, message: string): void {
  const answer = { [HTTP2_HEADER_STATUS]: 200, [HTTP2_HEADER_CONTENT_TYPE]: 'application/grpc' };
  const refusal = { 'grpc-status': CODES[code], 'grpc-message': message };
  call.respond({ ...answer, ...refusal }, { endStream: true });
}
