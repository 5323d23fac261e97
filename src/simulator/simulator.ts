import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { z } from 'zod';
import { ENDPOINTS, type Endpoint } from '../contract/call';
import { ExpectedError } from '../process/expected-error';
import { answer, send } from './answer';
import { answerCall } from './answer-call';
import { CallLog, type SimulatedCall } from './call-log';
import { type Controllable, control, isControlPath } from './control';
import type { Step } from './faults';
import { Partner } from './partner';
import { Scenario } from './scenario';
import type { SettingsChange } from './settings';
import { isSitePath, site } from './site';
import { validate } from './validate';

export type { SimulatedCall } from './call-log';
export type { Step } from './faults';
export type { SettingsChange } from './settings';

/** The partner as far as the project knows it, with its misbehaviour. */
export interface Simulator {
  /** Without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** The calls to /auth and /providers in order of arrival; the last `maxCallsKept` of them. */
  readonly calls: readonly SimulatedCall[];
  /** Changes the settings that are given. Throws an ExpectedError where that cannot be done. */
  configure(settings: SettingsChange): void;
  /**
   * Sets how the endpoint's next calls go, in place of what is left of an earlier script; after them the
   * rates hold again. Throws an ExpectedError where a step is wrong.
   */
  script(endpoint: Endpoint, steps: readonly Step[]): void;
  /** Forgets calls, scripts and the token; settings stay. */
  reset(): void;
  /** Stops the server and ends every connection, hanging ones too. */
  close(): Promise<void>;
}

export type SimulatorOptions = SettingsChange & {
  /** 0, the default, takes a free one. */
  readonly port?: number | undefined;
  /** The address to listen on; 127.0.0.1 unless a container has to be reached from others. */
  readonly host?: string | undefined;
  readonly script?: Readonly<Partial<Record<Endpoint, readonly Step[]>>> | undefined;
  /** 1000 unless given. */
  readonly maxCallsKept?: number | undefined;
  /** Is told of each new token, so that a test can look for it where it must not be. */
  readonly onToken?: ((token: string) => void) | undefined;
};

const portSchema = z.int().min(0).max(65_535);

const LOOPBACK = '127.0.0.1';
const MAX_CONNECTIONS = 1000;
/** Milliseconds a caller may take to send its request. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Milliseconds; long, so that no connection is closed just when a caller takes it up again. */
const KEEP_ALIVE_TIMEOUT_MS = 60_000;
/** Calls told of under /control. */
const LAST_CALLS = 25;

/**
 * Starts the partner simulator.
 * @throws ExpectedError where an option is wrong or the port is not free
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const {
    port: wantedPort = 0,
    host = LOOPBACK,
    script = {},
    maxCallsKept = 1000,
    onToken,
    ...settings
  } = options;
  const scenario = new Scenario();
  const partner = new Partner((count) => scenario.drawRecords(count), onToken);
  const log = new CallLog(maxCallsKept);
  const controllable: Controllable = {
    state: () => ({
      settings: scenario.settings,
      scripted: scenario.scripted,
      hasToken: partner.hasToken,
      counts: log.counts,
      calls: log.calls.slice(-LAST_CALLS).reverse(),
    }),
    configure: (change) => scenario.configure(change),
    script: (endpoint, steps) => scenario.script(endpoint, steps),
    reset: () => {
      log.clear();
      scenario.clearScripts();
      partner.forgetToken();
    },
  };
  controllable.configure(settings);
  for (const endpoint of ENDPOINTS) controllable.script(endpoint, script[endpoint] ?? []);

  const server = createServer({
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
  });
  server.maxConnections = MAX_CONNECTIONS;
  const connections = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  server.on('request', async (request: IncomingMessage, response: ServerResponse) => {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const endpoint = ENDPOINTS.find((name) => path === `/${name}`);
    if (hasBody(request) && !isControlPath(path)) {
      // A body means nothing here; rather than read it, the connection ends with the answer.
      response.setHeader('Connection', 'close');
    }
    try {
      if (endpoint !== undefined) {
        await answerCall({ scenario, partner, log }, endpoint, request, response);
      } else if (isControlPath(path)) {
        await control(controllable, path, request, response);
      } else if (isSitePath(path)) {
        site(controllable.state(), path, request, response);
      } else {
        send(response, answer(404));
      }
    } catch (error) {
      // Once the caller has left, what still reads, waits or writes fails, as it should.
      if (!request.socket.destroyed) throw error;
    }
  });

  const port = await listen(server, host, wantedPort);
  let closed: Promise<void> | undefined;
  return {
    url: `http://${host}:${port}`,
    port,
    get calls() {
      return log.calls;
    },
    configure: controllable.configure,
    script: controllable.script,
    reset: controllable.reset,
    close: () => {
      closed ??= close(server, connections);
      return closed;
    },
  };
}

/** Resolves to the port once the server listens. */
async function listen(server: Server, host: string, wanted: number): Promise<number> {
  server.listen(validate(portSchema, wanted, 'The port'), host);
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'EADDRINUSE' ? 'it is taken' : message;
    throw new ExpectedError(
      `The simulator cannot listen on ${host}:${wanted}: ${reason}. Choose another port or host.`,
      undefined,
      { cause: error },
    );
  }
  return (server.address() as AddressInfo).port;
}

/** Stops listening and ends every connection; resolves once each of them has told its listeners. */
async function close(server: Server, connections: ReadonlySet<Socket>): Promise<void> {
  const ends = [server, ...connections].map(
    (emitter) => new Promise((resolve) => emitter.once('close', resolve)),
  );
  server.close();
  for (const socket of connections) socket.destroy();
  await Promise.all(ends);
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
