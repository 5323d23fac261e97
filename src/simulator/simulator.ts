import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { z } from 'zod';
import { ENDPOINTS, type Endpoint } from '../contract/call';
import { ExpectedError } from '../process/expected-error';
import { answer, send } from './answer';
import { answerCall, type SimulatorParts } from './answer-call';
import { CallLog, type SimulatedCall } from './call-log';
import { control, isControlPath } from './control';
import { createFamily, memberOf, type SimulatedFamily, showFamily } from './family/create-family';
import type { Step } from './faults';
import { controlNoteworth } from './noteworth';
import { Scenario } from './scenario';
import type { SettingsChange } from './settings';
import { SimulatedPartner } from './simulated-partner';
import { RunLookup } from './site/run-lookup';
import { isFormPath, isSitePath, type SiteParts, site } from './site/site';
import { validate } from './validate';

export type { SimulatedCall } from './call-log';
export type { Step } from './faults';
export type { SettingsChange } from './settings';

/** A running simulator of the partner's API and its faults. */
export interface Simulator {
  /** Without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** The calls to Noteworth in order of arrival; the last `maxCallsKept` of them. */
  readonly calls: readonly SimulatedCall[];
  /** Changes the given settings. Throws an ExpectedError if one is wrong. */
  configure(settings: SettingsChange): void;
  /**
   * Sets how to answer the endpoint's next calls, and replaces the rest of an earlier script. Later calls are answered
   * by the rates again. Throws an ExpectedError if a step is wrong.
   */
  script(endpoint: Endpoint, steps: readonly Step[]): void;
  /** Forgets calls, scripts and the token; settings stay. */
  reset(): void;
  /** The other partners, each under its own base path. */
  readonly family: SimulatedFamily;
  /** Stops the server and closes every connection, also those that hang. */
  close(): Promise<void>;
}

export type SimulatorOptions = SettingsChange & {
  /** The default, 0, uses a free port. */
  readonly port?: number | undefined;
  /** The address to listen on. The default is 127.0.0.1; a container needs another. */
  readonly host?: string | undefined;
  /** The number of records of each partner beside Noteworth. The default is 1000. */
  readonly records?: number | undefined;
  readonly script?: Readonly<Partial<Record<Endpoint, readonly Step[]>>> | undefined;
  /** The default is 1000. */
  readonly maxCallsKept?: number | undefined;
  /** The address of Provider Sync's pages, so that the page of the simulator links calls to their runs. */
  readonly pages?: string | undefined;
  /** Called with each new token of each partner, so that a test can search for leaked tokens. */
  readonly onToken?: ((token: string) => void) | undefined;
};

const portSchema = z.int().min(0).max(65_535);

const LOOPBACK = '127.0.0.1';
const MAX_CONNECTIONS = 1000;
/** Milliseconds within which a caller must send its request. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Milliseconds; long, so that no idle connection is closed at the moment a caller reuses it. */
const KEEP_ALIVE_TIMEOUT_MS = 60_000;

/**
 * Starts the partner simulator.
 *
 * @throws ExpectedError if an option is wrong or the port is not free
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const {
    port: wantedPort = 0,
    host = LOOPBACK,
    script = {},
    records = 1000,
    maxCallsKept = 1000,
    pages,
    onToken,
    ...settings
  } = options;
  const scenario = new Scenario();
  const partner = new SimulatedPartner((count) => scenario.drawRecords(count), onToken);
  const parts: SimulatorParts = { scenario, partner, log: new CallLog(maxCallsKept) };
  scenario.configure(settings);
  for (const endpoint of ENDPOINTS) scenario.script(endpoint, script[endpoint] ?? []);
  const noteworth = controlNoteworth(parts);
  const family = createFamily(maxCallsKept, onToken);
  for (const member of Object.values(family)) member.configure({ records });

  const lookup = pages === undefined ? null : new RunLookup(pages);
  const siteParts = { parts, noteworth, family, lookup };

  const server = createServer(
    { requestTimeout: REQUEST_TIMEOUT_MS, keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS },
    (request, response) => answerRequest(siteParts, request, response),
  );
  server.maxConnections = MAX_CONNECTIONS;
  const connections = collectConnections(server);
  const port = await listen(server, host, wantedPort);
  let closed: Promise<void> | undefined;
  return {
    url: `http://${host}:${port}`,
    port,
    get calls() {
      return parts.log.calls;
    },
    configure: (change) => scenario.configure(change),
    script: (endpoint, steps) => scenario.script(endpoint, steps),
    reset: noteworth.reset,
    family: showFamily(family, `http://${host}:${port}`),
    close: () => {
      closed ??= close(server, connections);
      return closed;
    },
  };
}

async function answerRequest(
  siteParts: SiteParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { parts, noteworth, family } = siteParts;
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  const member = memberOf(family, path);
  const endpoint = ENDPOINTS.find((name) => path === `/${name}`);
  // Only the control paths and the forms read a body. Elsewhere the connection closes after the answer.
  const isRead = isControlPath(path) || isFormPath(path);
  if (hasBody(request) && !isRead) response.setHeader('Connection', 'close');
  try {
    if (endpoint !== undefined) await answerCall(parts, endpoint, request, response);
    else if (member !== undefined) await member.answer(request, response);
    else if (isControlPath(path)) await control(noteworth, path, request, response);
    else if (isSitePath(path)) await site(siteParts, path, request, response);
    else send(response, answer(404));
  } catch (error) {
    // After the caller has disconnected, pending reads, waits and writes fail as expected.
    if (!request.socket.destroyed) throw error;
  }
}

function collectConnections(server: Server): ReadonlySet<Socket> {
  const connections = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  return connections;
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

/** Stops listening and closes every connection. Resolves when all have emitted `close`. */
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
