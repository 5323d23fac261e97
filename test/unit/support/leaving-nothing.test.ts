import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { unwatchFile, watch, watchFile } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { MessageChannel, Worker } from 'node:worker_threads';
import { leavingNothing } from '../../support/leaving-nothing';

const HOUR_MS = 3_600_000;
/** Milliseconds to wait for the end of what never ends. */
const SHORT_MS = 50;

let server: Server;
let undo: () => unknown = () => undefined;

beforeAll(async () => {
  server = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => undo());
afterAll(() => server.close());

/** Each opens something, and returns how it is closed. */
const OPENED: Record<string, () => Promise<() => unknown>> = {
  async Timeout() {
    const timer = setTimeout(() => undefined, HOUR_MS);
    return () => clearTimeout(timer);
  },
  async 'Timeout, Timeout'() {
    const timers = [setInterval(() => undefined, HOUR_MS), setInterval(() => undefined, 1)];
    return () => timers.forEach(clearInterval);
  },
  async TCPWRAP() {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    await once(socket, 'connect');
    return () => socket.destroy();
  },
  async TCPSERVERWRAP() {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    return () => other.close();
  },
  async UDPWRAP() {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return () => socket.close();
  },
  async PROCESSWRAP() {
    const child = spawn(process.execPath, ['-e', `setTimeout(() => undefined, ${HOUR_MS})`], {
      stdio: 'ignore',
    });
    await once(child, 'spawn');
    return () => child.kill('SIGKILL');
  },
  async WORKER() {
    const worker = new Worker(`setTimeout(() => undefined, ${HOUR_MS})`, { eval: true });
    await once(worker, 'online');
    return () => worker.terminate();
  },
  async MESSAGEPORT() {
    const { port1, port2 } = new MessageChannel();
    port1.on('message', () => undefined);
    return () => [port1, port2].forEach((port) => void port.close());
  },
  async FSEVENTWRAP() {
    const watcher = watch(__dirname);
    return () => watcher.close();
  },
  async STATWATCHER() {
    watchFile(__filename, () => undefined);
    return () => unwatchFile(__filename);
  },
};

/** Each changes the process, and returns how it is changed back. */
const CHANGES: Record<string, () => () => unknown> = {
  'a variable': () => {
    process.env.LEFT_BEHIND = '1';
    return () => delete process.env.LEFT_BEHIND;
  },
  'the exit code': () => {
    const { exitCode } = process;
    process.exitCode = 3;
    return () => {
      process.exitCode = exitCode;
    };
  },
  'the folder': () => {
    const folder = process.cwd();
    process.chdir(__dirname);
    return () => process.chdir(folder);
  },
  'a listener': () => {
    const listener = () => undefined;
    process.on('SIGUSR2', listener);
    return () => process.off('SIGUSR2', listener);
  },
};

describe('an act in the process of a test', () => {
  it.each(Object.entries(OPENED))('may not leave open: %s', async (kind, open) => {
    const act = async () => {
      undo = await open();
    };
    await expect(leavingNothing('it', act, SHORT_MS)).rejects.toThrow(new RegExp(`^it left open: .*${kind}`));
  });

  it.each(Object.entries(CHANGES))('may not change %s', async (_what, change) => {
    const act = async () => {
      undo = change();
    };
    await expect(leavingNothing('it', act)).rejects.toThrow('toEqual');
  });

  it('may end something, or let it end, after its own end, and keep what holds up no process', async () => {
    const act = async () => {
      const port = (server.address() as AddressInfo).port;
      const socket = connect(port, '127.0.0.1', () => setTimeout(() => socket.destroy(), SHORT_MS));
      const timer = setTimeout(() => undefined, HOUR_MS).unref();
      undo = () => clearTimeout(timer);
      return 'result';
    };
    expect(await leavingNothing('it', act)).toBe('result');
  });

  it('does not answer for what is opened beside it', async () => {
    let end: () => void = () => undefined;
    const watched = leavingNothing('it', () => new Promise<void>((resolve) => (end = resolve)), SHORT_MS);
    const timer = setTimeout(() => undefined, HOUR_MS);
    undo = () => clearTimeout(timer);
    end();
    await watched;
  });
});
