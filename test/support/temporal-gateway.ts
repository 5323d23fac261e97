import { once } from 'node:events';
import {
  connect,
  constants,
  createSecureServer,
  type IncomingHttpHeaders,
  type SecureServerOptions,
} from 'node:http2';
import type { AddressInfo } from 'node:net';

const { HTTP2_HEADER_AUTHORIZATION, HTTP2_HEADER_CONTENT_TYPE, HTTP2_HEADER_STATUS } = constants;
/** gRPC's UNAUTHENTICATED. */
const UNAUTHENTICATED = 16;

/** Temporal behind TLS, as Temporal Cloud is. */
export interface TemporalGateway {
  /** `localhost:port` */
  readonly address: string;
  close(): void;
}

interface GatewayOptions {
  /** `host:port` of the Temporal server behind the gateway, without TLS. */
  readonly to: string;
  readonly tls: SecureServerOptions;
  /** Calls without this key are refused. */
  readonly apiKey?: string;
}

/** Passes gRPC calls on to a Temporal server if they have the required key or certificate. */
export async function startTemporalGateway({ to, tls, apiKey }: GatewayOptions): Promise<TemporalGateway> {
  const temporal = connect(`http://${to}`);
  temporal.on('error', () => undefined);
  const server = createSecureServer(tls);
  const sessions = new Set<{ destroy(): void }>([temporal]);
  server.on('session', (session) => {
    sessions.add(session);
    session.on('error', () => undefined);
    session.on('close', () => sessions.delete(session));
  });
  server.on('stream', (near, headers) => {
    near.on('error', () => undefined);
    if (apiKey !== undefined && headers[HTTP2_HEADER_AUTHORIZATION] !== `Bearer ${apiKey}`) {
      const answer = { [HTTP2_HEADER_STATUS]: 200, [HTTP2_HEADER_CONTENT_TYPE]: 'application/grpc' };
      const refusal = { 'grpc-status': UNAUTHENTICATED, 'grpc-message': 'Request unauthorized.' };
      near.respond({ ...answer, ...refusal }, { endStream: true });
      return;
    }
    const far = temporal.request(headers);
    far.on('error', () => near.close());
    near.on('close', () => far.close());
    let trailers: IncomingHttpHeaders = {};
    far.on('trailers', (given) => {
      trailers = given;
    });
    far.on('response', (answer, flags) => {
      const endsHere = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
      near.respond(answer, { endStream: endsHere, waitForTrailers: !endsHere });
      if (!endsHere) far.pipe(near);
    });
    near.on('wantTrailers', () => near.sendTrailers(trailers));
    near.pipe(far);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `localhost:${(server.address() as AddressInfo).port}`,
    close() {
      for (const session of sessions) session.destroy();
      server.close();
    },
  };
}
