import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Readable } from 'node:stream';
import axios, { type AxiosResponse, isAxiosError } from 'axios';
import { TIMEOUTS } from '../../contract/timeouts';
import { networkFailure, parseRetryAfter } from '../call/partner-failure';
import type { Webhook } from '../config/webhook';
import { signedHeaders } from './sign';

/** How a receiver took a message. */
export type Reception =
  | { readonly isDelivered: true; readonly status: number }
  | {
      readonly isDelivered: false;
      /** Of HTTP; null if there was no answer. */
      readonly status: number | null;
      /** In a few words. It has no part of the answer and of the address, which may hold a secret. */
      readonly failure: string;
      /** 410: the receiver wants nothing more. */
      readonly isGone: boolean;
      /** Seconds that the receiver asked us to wait; 0 if it did not. */
      readonly waitSeconds: number;
    };

const agents = {
  httpAgent: new HttpAgent({ keepAlive: false }),
  httpsAgent: new HttpsAgent({ keepAlive: false }),
};

/**
 * Posts a message to a receiver, which must answer 2xx within the deadline. The body of the answer is not read. Redirects
 * are not followed and proxy variables are ignored: a message reaches the configured address, or none.
 *
 * @param id of the message; the receiver recognises a repeated one by it
 * @throws the signal's reason if the signal ended the request
 */
export async function postMessage(
  { url, secret, previousSecret }: Webhook,
  { id, body }: { readonly id: string; readonly body: string },
  signal: AbortSignal,
): Promise<Reception> {
  signal.throwIfAborted();
  const secrets = previousSecret === undefined ? [secret] : [secret, previousSecret];
  const headers = signedHeaders(secrets, { id, timestamp: Math.floor(Date.now() / 1000), body });
  const deadline = AbortSignal.timeout(TIMEOUTS.webhook);
  try {
    const response = await axios.request<Readable>({
      url,
      method: 'POST',
      adapter: 'http',
      headers: { 'Content-Type': 'application/json', 'User-Agent': 'provider-sync', ...headers },
      data: Buffer.from(body),
      responseType: 'stream',
      decompress: false,
      maxRedirects: 0,
      proxy: false,
      validateStatus: () => true,
      signal: AbortSignal.any([signal, deadline]),
      ...agents,
    });
    response.data.on('error', () => undefined).destroy();
    return receptionOf(response);
  } catch (error) {
    signal.throwIfAborted();
    if (deadline.aborted) return failed(`no answer within ${TIMEOUTS.webhook / 1000} seconds`);
    if (!isAxiosError(error)) throw error;
    // The original error is dropped on purpose: axios' errors hold the address and the headers.
    return failed(networkFailure(error.code, false).message);
  }
}

function receptionOf({ status, headers }: AxiosResponse): Reception {
  if (status >= 200 && status < 300) return { isDelivered: true, status };
  const redirected = status >= 300 && status < 400 ? ': redirects are not followed' : '';
  const gone = status === 410 ? ': the receiver wants nothing more' : '';
  const wait = parseRetryAfter(headers['retry-after'] as string | undefined, Date.now()) ?? 0;
  const failure = `HTTP ${status}${redirected}${gone}`;
  return { isDelivered: false, status, failure, isGone: status === 410, waitSeconds: wait / 1000 };
}

function failed(failure: string): Reception {
  return { isDelivered: false, status: null, failure, isGone: false, waitSeconds: 0 };
}
