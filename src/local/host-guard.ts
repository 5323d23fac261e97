import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { TIMEOUTS } from '../contract/timeouts';
import { ExpectedError } from '../process/expected-error';

const ADDRESS = '127.0.0.1';

/** A proxy in front of a server of this machine that has no protection of its own. */
export interface HostGuard {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Forwards requests that name this machine as their host and do not come from a page of another site. Another site
 * can make its own name resolve to 127.0.0.1 (DNS rebinding), but its requests still name that site.
 *
 * @throws ExpectedError if the port is taken
 */
export async function guardHost(port: number, targetPort: number): Promise<HostGuard> {
  const hosts = [`${ADDRESS}:${port}`, `localhost:${port}`];
  const server = createServer((incoming, outgoing) => {
    const { host, origin } = incoming.headers;
    if (host === undefined || !hosts.includes(host)) return refuse(outgoing, `Use the host ${hosts[0]}.`);
    if (origin !== undefined && origin !== `http://${host}`) {
      return refuse(outgoing, 'It is from another site.');
    }
    passOn(incoming, outgoing, targetPort);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', ({ message }) => reject(new ExpectedError(message)));
    server.listen(port, ADDRESS, resolve);
  });
  return {
    url: `http://${ADDRESS}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function passOn(incoming: IncomingMessage, outgoing: ServerResponse, port: number): void {
  const { method, url: path, headers } = incoming;
  const options = { host: ADDRESS, port, method, path, headers, timeout: TIMEOUTS.longPoll };
  const passed = request(options, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    pipeline(answer, outgoing, () => undefined);
  });
  passed.on('timeout', () => passed.destroy(new Error('no answer in time')));
  passed.on('error', () => {
    if (outgoing.headersSent) outgoing.destroy();
    else
      outgoing
        .writeHead(502, { 'Content-Type': 'text/plain' })
        .end('The server behind this proxy does not respond.\n');
  });
  pipeline(incoming, passed, () => undefined);
}

function refuse(outgoing: ServerResponse, why: string): void {
  outgoing.writeHead(403, { 'Content-Type': 'text/plain', Connection: 'close' }).end(`Refused. ${why}\n`);
}
