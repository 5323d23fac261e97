import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { answer, send, setHead } from '../answer';
import type { Connection } from '../connection';
import { REFUSALS } from '../refusals';
import type { Twist } from './page-answer';
import type { PageStepName, PageSteps } from './page-steps';
import { firstHalf, lengthOf, type StreamedAnswer } from './streamed-answer';

/** One call to a partner of the family. */
export interface PageExchange extends Connection {
  /** The answer after a check of the request: the page, a token or a refusal. */
  readonly grant: (twist?: Twist) => Promise<StreamedAnswer>;
  readonly expireTokens: () => void;
}

type Deliveries = {
  [Name in PageStepName]: (exchange: PageExchange, step: PageSteps[Name]) => void | Promise<void>;
};

/** Carries out each step. Steps that end in silence leave the response open until the caller disconnects. */
const DELIVERIES: Deliveries = {
  ...REFUSALS,
  ok: (exchange) => sendTwisted(exchange),
  slow: async (exchange, { delayMs }) => {
    await pause(delayMs, undefined, { signal: exchange.signal });
    await sendTwisted(exchange);
  },
  cut: async ({ response, ...exchange }) => {
    const granted = await exchange.grant();
    setHead(response, granted);
    response.setHeader('Content-Length', await lengthOf(firstHalf(granted)));
    await pipeline(firstHalf(granted), response);
  },
  cutConnection: async (exchange) => {
    await sendHalf(exchange);
    exchange.request.socket.destroySoon();
  },
  stall: (exchange) => sendHalf(exchange),
  empty: async ({ response, grant }) => send(response, { ...(await grant()), body: '' }),
  html: async ({ response, grant }) => {
    const { status } = await grant();
    const body =
      '<!doctype html><html lang="en"><title>Maintenance</title><h1>We will be back soon</h1></html>';
    send(response, answer(status, body));
  },
  noToken: ({ response }) => send(response, answer(200, '{}', { 'Content-Type': 'application/json' })),
  expireToken: (exchange) => {
    exchange.expireTokens();
    return sendTwisted(exchange);
  },
  repeatLink: (exchange) => sendTwisted(exchange, { next: 'this' }),
  loseLink: (exchange) => sendTwisted(exchange, { next: 'none' }),
  shrinkTotal: (exchange, { by }) => sendTwisted(exchange, { missing: by }),
  shortPage: (exchange, { count }) => sendTwisted(exchange, { records: count }),
  emptyPage: (exchange) => sendTwisted(exchange, { records: 0 }),
};

/** Answers a call with the step. Rejects with an AbortError if the caller disconnects before the end. */
export async function deliverPage<Name extends PageStepName>(
  exchange: PageExchange,
  name: Name,
  step: PageSteps[Name],
): Promise<void> {
  await DELIVERIES[name](exchange, step);
}

/** Sends the answer, no faster than the caller reads it. */
async function sendTwisted({ response, grant }: PageExchange, twist?: Twist): Promise<void> {
  const granted = await grant(twist);
  setHead(response, granted);
  await pipeline(granted.body(), response);
}

/** Sends half of the body under the Content-Length of the whole. */
async function sendHalf({ response, grant }: PageExchange): Promise<void> {
  const granted = await grant();
  setHead(response, granted);
  response.setHeader('Content-Length', await lengthOf(granted.body()));
  await pipeline(firstHalf(granted), response, { end: false });
}
