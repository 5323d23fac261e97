import { type Agent, type IncomingHttpHeaders, request } from 'node:http';
import { PEOPLE, type Person } from '../../src/simulator/people';
import { checksum } from '../../src/simulator/simulated-partner';
import { type SimulatedCall, type Simulator, type Step, startSimulator } from '../../src/simulator/simulator';
import { until } from './scenario';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Why the body ended early, if it did. */
  readonly broken: string | null;
}

export interface Call {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Milliseconds after which the caller closes the connection. */
  readonly leaveAfterMs?: number;
  readonly agent?: Agent;
}

/** The simulator of a file's tests; see {@link useSimulator}. */
export let simulator: Simulator;

/** Starts a simulator without faults for the tests of a file. Each test begins with the same settings. */
export function useSimulator(): void {
  beforeAll(async () => {
    simulator = await startSimulator({ seed: 1 });
  });
  beforeEach(() => {
    simulator.reset();
    simulator.configure({
      hangMs: 30_000,
      rates: { auth: {}, providers: {} },
      recordsPerAnswer: 10,
      people: PEOPLE,
    });
  });
  afterAll(() => simulator.close());
}

/** Makes a call and reads the answer to its end or until it breaks. Rejects if there is no answer. */
export function call(path: string, { method = 'GET', headers = {}, body, leaveAfterMs, agent }: Call = {}) {
  const signal = AbortSignal.timeout(leaveAfterMs ?? 60_000);
  return new Promise<Reply>((resolve, reject) => {
    let answered = false;
    const outgoing = request(
      { host: '127.0.0.1', port: simulator.port, path, method, headers, signal, agent: agent ?? false },
      (response) => {
        answered = true;
        const chunks: Buffer[] = [];
        const end = (broken: string | null) =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks),
            broken,
          });
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => end(null));
        response.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.name));
      },
    );
    // After the headers, the error of the answer shows how it broke.
    outgoing.on('error', (error) => answered || reject(error));
    outgoing.end(body);
  });
}

/** Requests a token. */
export async function newToken(): Promise<string> {
  const { headers } = await call('/auth');
  return String(headers['super-secure-token']);
}

/** Calls /providers with the checksum of the token. */
export function fetchProviders(token: string, more: Call = {}): Promise<Reply> {
  return call('/providers', { headers: { 'X-Request-Checksum': checksum(token, '/providers') }, ...more });
}

/** The records of an answer. */
export function recordsOf({ body }: Reply): Person[] {
  return JSON.parse(body.toString()).providers;
}

/** The latest call once it has ended, as the simulator saw it. */
export async function lastCall(): Promise<SimulatedCall> {
  const last = () => simulator.calls.at(-1);
  await until(() => (last()?.ended ?? 'pending') !== 'pending');
  return last() as SimulatedCall;
}

/** Scripts one step for /providers and makes that call with a valid token. */
export async function meet(step: Step, more: Call = {}): Promise<Reply> {
  const token = await newToken();
  simulator.script('providers', [step]);
  return fetchProviders(token, more);
}
