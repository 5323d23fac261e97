import { PassThrough, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import { type Answer, answer, send, setHead } from './answer';
import { endlessList, hugeList, spaciousList } from './bodies';
import type { Connection } from './connection';
import type { NoteworthSteps, StepName } from './faults';
import { REFUSALS } from './refusals';
import { type PartnerRequest, recordList, type SimulatedPartner, TOKEN_HEADER } from './simulated-partner';

/** One call to Noteworth, and the parts that answer it. */
export interface Exchange extends Connection {
  readonly partner: SimulatedPartner;
  readonly asked: PartnerRequest;
}

type Deliveries = {
  [Name in StepName]: (exchange: Exchange, step: NoteworthSteps[Name]) => void | Promise<void>;
};

/** Carries out each step. Steps that end in silence leave the response open until the caller disconnects. */
const DELIVERIES: Deliveries = {
  ...REFUSALS,
  ok: (exchange) => send(exchange.response, exchange.partner.respond(exchange.asked)),
  slow: async (exchange, { delayMs }) => {
    await pause(delayMs, undefined, { signal: exchange.signal });
    send(exchange.response, exchange.partner.respond(exchange.asked));
  },
  replaceToken: (exchange) => {
    exchange.partner.createToken();
    send(exchange.response, exchange.partner.respond(exchange.asked));
  },
  cut: (exchange) => {
    const granted = grant(exchange);
    send(exchange.response, { ...granted, body: firstHalf(granted.body) });
  },
  cutConnection: (exchange) => {
    const body = begin(exchange);
    exchange.response.write(firstHalf(body), () => exchange.request.socket.destroy());
  },
  stall: (exchange) => {
    exchange.response.write(firstHalf(begin(exchange)));
  },
  drip: async (exchange, { everyMs }) => {
    for (const byte of begin(exchange)) {
      await pause(everyMs, undefined, { signal: exchange.signal });
      exchange.response.write(Buffer.of(byte));
    }
    exchange.response.end();
  },
  empty: (exchange) => sendBody(exchange, ''),
  html: (exchange) =>
    sendBody(
      exchange,
      '<!doctype html><html lang="en"><title>Maintenance</title><h1>We will be back soon</h1></html>',
    ),
  notJson: (exchange) => sendBody(exchange, 'providers: ten of them'),
  noList: (exchange) => sendBody(exchange, recordList(null)),
  emptyList: (exchange) => sendBody(exchange, recordList([])),
  shortList: (exchange, { count }) => sendBody(exchange, recordList(exchange.partner.drawRecords(count))),
  records: (exchange, { records }) =>
    send(exchange.response, exchange.partner.respond(exchange.asked, records)),
  huge: (exchange, { bytes }) => stream(exchange, { 'Content-Length': bytes }, hugeList(bytes)),
  endless: (exchange) => stream(exchange, {}, endlessList()),
  gzipBomb: (exchange, { bytes }) =>
    stream(exchange, { 'Content-Encoding': 'gzip' }, spaciousList(bytes), createGzip()),
  noToken: (exchange) => send(exchange.response, answer(200, 'OK')),
  repeatedToken: (exchange) => {
    const token = exchange.partner.createToken();
    send(exchange.response, answer(200, 'OK', { [TOKEN_HEADER]: [token, token] }));
  },
  emptyToken: (exchange) => send(exchange.response, answer(200, 'OK', { [TOKEN_HEADER]: '' })),
  badHeader: (exchange) =>
    sendBytes(exchange, `HTTP/1.1 200 OK\r\n${TOKEN_HEADER}: a\u0000b\r\nContent-Length: 2\r\n\r\nOK`),
  garbage: (exchange) => sendBytes(exchange, '\u0016\u0003 this is not HTTP\r\n\r\n'),
  raw: (exchange, { status, headers, body }) => send(exchange.response, { status, headers, body }),
};

/** Answers a call with the step. Rejects with an AbortError if the caller disconnects before the end. */
export async function deliver<Name extends StepName>(
  exchange: Exchange,
  name: Name,
  step: NoteworthSteps[Name],
): Promise<void> {
  await DELIVERIES[name](exchange, step);
}

function grant({ partner, asked }: Exchange): Answer {
  return partner.grant(asked.endpoint);
}

function firstHalf(body: string | Buffer): Buffer {
  const whole = Buffer.from(body);
  return whole.subarray(0, Math.floor(whole.length / 2));
}

/** Sends a good answer with another body. */
function sendBody(exchange: Exchange, body: string | Buffer): void {
  send(exchange.response, { ...grant(exchange), body });
}

/** Sends the headers of a good answer and returns the body that they promise. */
function begin(exchange: Exchange): Buffer {
  const granted = grant(exchange);
  const body = Buffer.from(granted.body);
  setHead(exchange.response, granted);
  exchange.response.setHeader('Content-Length', body.length);
  exchange.response.flushHeaders();
  return body;
}

/** Sends a good answer with a body in pieces, no faster than the caller reads it. */
async function stream(
  exchange: Exchange,
  headers: Answer['headers'],
  pieces: Iterable<Buffer>,
  encoder: Transform = new PassThrough(),
): Promise<void> {
  const granted = grant(exchange);
  setHead(exchange.response, { ...granted, headers: { ...granted.headers, ...headers } });
  if (exchange.request.method === 'HEAD') {
    exchange.response.end();
  } else {
    await pipeline(pieces, encoder, exchange.response);
  }
}

/** Sends bytes instead of an HTTP response, and closes the connection. */
function sendBytes({ request }: Exchange, bytes: string): void {
  request.socket.write(bytes, 'latin1');
  request.socket.destroySoon();
}
