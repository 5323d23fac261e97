import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook as Verifier } from 'standardwebhooks';

/** A message that a receiver accepted. */
export interface Received {
  readonly id: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** How the receiver answers: a status, silence, or a broken connection. */
export type ReceiverAnswer = number | 'hang' | 'die';

/** A receiver of webhooks, which checks signatures with an independent library. */
export interface Receiver {
  readonly url: string;
  readonly secret: string;
  /** The messages that it answered with 2xx, in their order, with those that came twice. */
  readonly accepted: readonly Received[];
  /** The bodies of all requests. */
  readonly bodies: readonly string[];
  /** Requests whose signature was wrong. */
  readonly forged: readonly string[];
  /** Decides the answer to each request; at first 204. */
  answer: (message: Received) => ReceiverAnswer;
  close(): Promise<void>;
}

/** @param port by default a free one */
export async function startReceiver(port = 0): Promise<Receiver> {
  const secret = `whsec_${Buffer.alloc(32, 'receiver').toString('base64')}`;
  const accepted: Received[] = [];
  const bodies: string[] = [];
  const forged: string[] = [];
  const server = createServer(async (request, response) => {
    const body = (await request.toArray()).join('');
    bodies.push(body);
    const message = verify(secret, request, body);
    if (!message) {
      forged.push(body);
      response.writeHead(401).end();
      return;
    }
    const answer = receiver.answer(message);
    if (answer === 'die') request.socket.destroy();
    if (typeof answer !== 'number') return;
    if (answer >= 200 && answer < 300) accepted.push(message);
    response.writeHead(answer, { Location: '/elsewhere' }).end();
  });
  await once(server.listen(port, '127.0.0.1'), 'listening');
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/directory`,
    secret,
    accepted,
    bodies,
    forged,
    answer: () => 204,
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
  return receiver;
}

function verify(secret: string, { headers }: IncomingMessage, body: string): Received | null {
  try {
    const message = new Verifier(secret).verify(body, headers as Record<string, string>) as Omit<
      Received,
      'id'
    >;
    return { ...message, id: String(headers['webhook-id']) };
  } catch {
    return null;
  }
}
