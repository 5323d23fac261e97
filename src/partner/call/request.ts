import { type ClientRequest, Agent as HttpAgent, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Readable } from 'node:stream';
import axios, { AxiosError, type AxiosResponse } from 'axios';
import type { Partner } from '../config/partner';
import { durationInWords } from '../config/values';
import { type AnswerHeaders, valuesOf } from './answer-headers';
import { networkFailure, PartnerFailure, statusFailure } from './partner-failure';

/** The facts of a call, filled in while it is running, so that a failed call can be recorded in full too. */
export interface CallProgress {
  httpStatus: number | null;
  /** Bytes of the body so far, after decompression. */
  bytes: number | null;
}

/** A complete 200 answer. */
export interface PartnerResponse {
  readonly headers: AnswerHeaders;
  readonly body: Buffer;
}

// Each call uses a new connection: a kept connection that the partner has closed would cost one of three calls.
const agents = {
  httpAgent: new HttpAgent({ keepAlive: false }),
  httpsAgent: new HttpsAgent({ keepAlive: false }),
};

/**
 * Sends one GET to the partner and reads the whole answer, within the partner's deadline and size limit.
 * Redirects are not followed and proxy variables are ignored, so that a call never leaves the configured origin.
 *
 * @throws PartnerFailure unless the answer is a complete 200
 * @throws the signal's reason if the caller's signal ended the call
 */
export async function requestPartner(
  partner: Partner,
  request: { path: string; headers?: Record<string, string>; sendsToken: boolean },
  progress: CallProgress,
  signal: AbortSignal,
): Promise<PartnerResponse> {
  signal.throwIfAborted();
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), partner.deadline);
  const either = AbortSignal.any([signal, deadline.signal]);
  try {
    // axios ends its own `timeout` with the headers; its `signal` ends the body as well.
    const response = await axios.get<Readable>(`${partner.baseUrl}${request.path}`, {
      adapter: 'http',
      headers: { Accept: 'application/json', 'User-Agent': 'provider-sync', ...request.headers },
      responseType: 'stream',
      decompress: true,
      maxRedirects: 0,
      proxy: false,
      validateStatus: () => true,
      signal: either,
      ...agents,
    });
    progress.httpStatus = response.status;
    const headers = headersOf(response);
    const [retryAfter] = valuesOf(headers, 'Retry-After');
    const failure = statusFailure(response.status, retryAfter, request.sendsToken);
    if (failure) {
      response.data.destroy();
      throw failure;
    }
    const body = await readBody(response.data, partner.maxBytes, progress);
    return { headers, body };
  } catch (error) {
    if (error instanceof PartnerFailure) throw error;
    signal.throwIfAborted();
    if (deadline.signal.aborted) {
      throw new PartnerFailure(
        'PartnerTimeout',
        `no complete answer within ${durationInWords(partner.deadline)}${progress.bytes ? ` (${progress.bytes} bytes so far)` : ''}`,
      );
    }
    if (!isNetworkError(error)) throw error;
    // The original error is dropped on purpose: axios' errors hold the request's headers.
    throw networkFailure(error.code, progress.httpStatus !== null);
  } finally {
    clearTimeout(timer);
  }
}

/** Node keeps headers of the same name apart; axios joins them with commas. */
function headersOf({ request }: AxiosResponse): AnswerHeaders {
  return (request as ClientRequest & { res: IncomingMessage }).res.headersDistinct;
}

async function readBody(stream: Readable, maxBytes: number, progress: CallProgress): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  progress.bytes = 0;
  for await (const chunk of stream) {
    bytes += (chunk as Buffer).length;
    progress.bytes = bytes;
    if (bytes > maxBytes) {
      throw new PartnerFailure('ResponseTooLarge', `the body was larger than maxBytes (${maxBytes} bytes)`);
    }
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks, bytes);
}

/** Errors of Node's network, TLS, HTTP and zlib layers carry a code; our own defects have no code, or ERR_INVALID_…. */
function isNetworkError(error: unknown): error is { code?: string } {
  const code = (error as { code?: unknown } | null)?.code;
  return error instanceof AxiosError || (typeof code === 'string' && !code.startsWith('ERR_INVALID_'));
}
