import {
  Client,
  Connection,
  type ConnectionOptions,
  defaultGrpcRetryOptions,
  makeGrpcRetryInterceptor,
} from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { TIMEOUTS } from '../contract/timeouts';
import type { TemporalConfig } from '../process/config';
import { EXIT, ExpectedError } from '../process/expected-error';
import { createDataConverter } from './data-converter';

type Interceptor = NonNullable<ConnectionOptions['interceptors']>[number];

/** Gives each try of a request that has no deadline one, which the SDK does not: a silent server would be waited for. */
const withDeadline: Interceptor = (options, send) => {
  const isLongPoll = options.method_definition.path.endsWith('/GetWorkflowExecutionHistory');
  const limit = isLongPoll ? TIMEOUTS.longPoll : TIMEOUTS.request;
  return send({ ...options, deadline: options.deadline ?? Date.now() + limit }) as ReturnType<Interceptor>;
};

/**
 * A client that reads and writes encrypted payloads. Close its connection when done.
 *
 * @throws ExpectedError when Temporal cannot be reached
 */
export async function connectClient(config: TemporalConfig): Promise<Client> {
  const client = lazyClient(config);
  try {
    await client.connection.ensureConnected();
    return client;
  } catch (error) {
    await client.connection.close();
    throw unreachable(config, error);
  }
}

/** The same, connecting when it is first used: for whoever lives on while Temporal is away. */
export function lazyClient(config: TemporalConfig): Client & { readonly connection: Connection } {
  const connection = Connection.lazy({
    ...config.connection,
    connectTimeout: TIMEOUTS.request,
    interceptors: [makeGrpcRetryInterceptor(defaultGrpcRetryOptions()), withDeadline],
  });
  const client = new Client({
    connection,
    namespace: config.namespace,
    dataConverter: createDataConverter(config.payloadKeys),
  });
  return Object.assign(client, { connection });
}

/**
 * The connection of a worker. The SDK's core gives each of its requests a deadline, and gives up connecting after 30 s.
 *
 * @throws ExpectedError when Temporal cannot be reached
 */
export async function connectWorker(config: TemporalConfig): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect(config.connection);
  } catch (error) {
    throw unreachable(config, error);
  }
}

function unreachable(config: TemporalConfig, error: unknown): ExpectedError {
  const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
  return new ExpectedError(
    `Temporal at ${config.connection.address} cannot be reached (${reason}). Start it (npm start brings one), or set TEMPORAL_ADDRESS.`,
    EXIT.usage,
    { cause: error },
  );
}
