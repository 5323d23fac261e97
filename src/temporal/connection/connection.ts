import {
  Client,
  type ClientOptions,
  Connection,
  type ConnectionOptions,
  defaultGrpcRetryOptions,
  makeGrpcRetryInterceptor,
} from '@temporalio/client';
import { TIMEOUTS } from '../../contract/timeouts';
import type { TemporalConfig } from '../../process/config';
import { EXIT, ExpectedError } from '../../process/expected-error';
import { isLoopbackAddress } from '../../process/loopback';
import { createDataConverter } from '../payloads/data-converter';
import { temporalTracing } from '../tracing/tracing';
import { proxyHint, proxySettings } from './proxy';
import { whyUnreachable } from './why-unreachable';

/** A process finds Temporal within this time once Temporal is available again. gRPC's default is two minutes. */
const RECONNECT_MS = 5_000;

type Interceptor = NonNullable<ConnectionOptions['interceptors']>[number];
type Call = ReturnType<Interceptor>;

/** gRPC's status code. */
const CANCELLED = 1;

/** Sets a deadline for each try of a request that has none. The SDK would wait for a silent server for ever. */
const withDeadline: Interceptor = (options, send) => {
  const isLongPoll = options.method_definition.path.endsWith('/GetWorkflowExecutionHistory');
  const limit = isLongPoll ? TIMEOUTS.longPoll : TIMEOUTS.request;
  return send({ ...options, deadline: options.deadline ?? Date.now() + limit }) as Call;
};

/**
 * Ends a request whose connection was closed before the SDK repeated it. The SDK repeats requests in a timer, in which
 * the error of the closed connection would end the process.
 */
const endAfterClose: Interceptor = (options, send) => {
  try {
    return send(options) as Call;
  } catch {
    return closedCall();
  }
};

/** A call that ends as soon as it is started. It has only the methods that callers use. */
function closedCall(): Call {
  const nothing = () => undefined;
  return Object.assign(Object.create(null), {
    start(...[metadata, listener]: Parameters<Call['start']>) {
      listener?.onReceiveStatus?.({ code: CANCELLED, details: 'The connection was closed', metadata });
    },
    sendMessage: nothing,
    sendMessageWithContext: nothing,
    startRead: nothing,
    halfClose: nothing,
    cancelWithStatus: nothing,
    getPeer: () => 'closed',
  });
}

/**
 * A client that reads and writes encrypted payloads. Close its connection when done.
 *
 * @throws ExpectedError if Temporal cannot be reached
 */
export async function connectClient(config: TemporalConfig): Promise<Client> {
  const client = lazyClient(config);
  try {
    await client.connection.ensureConnected();
    return client;
  } catch (error) {
    await client.connection.close();
    throw await unreachable(config, error);
  }
}

/** Like connectClient, but connects on first use, so that the process can start while Temporal is down. */
export function lazyClient(config: TemporalConfig): Client & { readonly connection: Connection } {
  const connection = Connection.lazy({
    ...config.connection,
    connectTimeout: TIMEOUTS.request,
    channelArgs: {
      'grpc.max_reconnect_backoff_ms': RECONNECT_MS,
      ...proxySettings(config.connection.address),
    },
    interceptors: [makeGrpcRetryInterceptor(defaultGrpcRetryOptions()), endAfterClose, withDeadline],
  });
  const client = new Client({ connection, ...clientOptions(config) });
  return Object.assign(client, { connection });
}

/** The options that every client of ours has. */
export function clientOptions({ namespace, payloadKeys }: TemporalConfig): ClientOptions {
  const tracing = temporalTracing();
  return {
    namespace,
    dataConverter: createDataConverter(payloadKeys),
    ...(tracing && { interceptors: { workflow: [tracing.client] } }),
  };
}

/** How to start the Temporal at an address. `npm start` starts one on this machine only. */
export function startingAdvice(address: string): string {
  return isLoopbackAddress(address) ? 'Start it (npm start brings one)' : 'Start it';
}

/** What to tell a caller whose connection to Temporal failed. */
export async function unreachable({ connection }: TemporalConfig, error: unknown): Promise<ExpectedError> {
  const reason = await whyUnreachable(connection);
  const advice = connection.tls
    ? 'Check TEMPORAL_ADDRESS, TEMPORAL_API_KEY and the certificates (TEMPORAL_TLS_*).'
    : `${startingAdvice(connection.address)}, or set TEMPORAL_ADDRESS. If it requires TLS, set TEMPORAL_TLS=true as well.`;
  return new ExpectedError(
    `Temporal at ${connection.address} cannot be reached${proxyHint(connection.address)} (${reason}). ${advice}`,
    EXIT.usage,
    { cause: error },
  );
}
