import { type ClientRequest, Agent as HttpAgent, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import axios, { AxiosError, type AxiosResponse } from 'axios';
import { beginPart, inSpan } from '../../process/tracing/trace';
import type { Partner } from '../config/partner';
import { durationInWords } from '../config/values';
import { type AnswerHeaders, valuesOf } from './answer-headers';
import type { PartnerRequest } from './build-request';
import { Deadline } from './deadline';
import { networkFailure, PartnerFailure, statusFailure } from './partner-failure';
import { ACCEPTED_ENCODINGS, unzip } from './unzip';

/** The facts of a call, filled in while it is running, so that a failed call can be recorded in full too. */
export interface CallProgress {
  httpStatus: number | null;
  /** Bytes of the body so far, after decompression. */
  bytes: number | null;
  /** Receives the request as it is sent, with the token and other secrets. */
  readonly onSend?: (request: PartnerRequest) => void;
}

/** A 200 answer whose body is still arriving. */
export interface PartnerResponse {
  readonly headers: AnswerHeaders;
  /** The decompressed bytes. Reading throws PartnerFailure, or the reason of the caller's signal. */
  readonly body: AsyncIterable<Buffer>;
}

// Each call uses a new connection: a kept connection that the partner has closed would cost one of three calls.
const agents = {
  httpAgent: new HttpAgent({ keepAlive: false }),
  httpsAgent: new HttpsAgent({ keepAlive: false }),
};

/** How much of the body of a refusal is read, and for how long. */
const REFUSAL = { bytes: 64 * 2 ** 10, withinMs: 2_000 };

/**
 * Sends one request to the partner and reads the answer, within the partner's deadline and size limit.
 * Redirects are not followed and proxy variables are ignored, so that a call never leaves the configured origin.
 *
 * @param read reads the body of a 200 answer; its own errors pass as they are
 * @throws PartnerFailure unless the answer is a complete 200
 * @throws the signal's reason if the caller's signal ended the call
 */
export async function requestPartner<T>(
  partner: Partner,
  request: PartnerRequest,
  progress: CallProgress,
  signal: AbortSignal,
  read: (response: PartnerResponse) => Promise<T>,
): Promise<T> {
  const { method, url } = request;
  // The path is left out: a cursor or an id in it is the partner's. The partner gets no `traceparent`.
  const span = beginPart(`${method} ${partner.name}`, 'client', {
    'http.request.method': method,
    'server.address': url.hostname,
    'provider_sync.partner': partner.name,
  });
  const failureType = (error: unknown) => (error instanceof PartnerFailure ? error.type : 'Interrupted');
  const recordAnswer = () => {
    const { httpStatus: status, bytes } = progress;
    if (status !== null) span?.set({ 'http.response.status_code': status });
    if (bytes !== null) span?.set({ 'http.response.body.size': bytes });
  };
  return inSpan(
    span,
    () => send(partner, request, progress, signal, read).finally(recordAnswer),
    failureType,
  );
}

async function send<T>(
  partner: Partner,
  request: PartnerRequest,
  progress: CallProgress,
  signal: AbortSignal,
  read: (response: PartnerResponse) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const headers = {
    Accept: 'application/json',
    'Accept-Encoding': ACCEPTED_ENCODINGS,
    'User-Agent': 'provider-sync',
    ...request.headers,
  };
  progress.onSend?.({ ...request, headers });
  const deadline = new Deadline(partner.deadline);
  const fail = (error: unknown) => explain(error, { partner, progress, signal, deadline });
  deadline.resume();
  try {
    // axios ends its own `timeout` with the headers; its `signal` ends the body as well.
    const response = await axios
      .request<Readable>({
        url: request.url.href,
        method: request.method,
        // axios sends bytes as they are.
        ...(request.body !== undefined && { data: Buffer.from(request.body) }),
        adapter: 'http',
        headers,
        responseType: 'stream',
        decompress: false,
        maxRedirects: 0,
        proxy: false,
        validateStatus: () => true,
        signal: AbortSignal.any([signal, deadline.signal]),
        ...agents,
      })
      .catch((error) => {
        throw fail(error);
      });
    progress.httpStatus = response.status;
    const answered = headersOf(response);
    try {
      const [retryAfter] = valuesOf(answered, 'Retry-After');
      const failure = statusFailure(response.status, retryAfter, request.rejectedStatus);
      const bytes = unzip(response.data, valuesOf(answered, 'Content-Encoding').join());
      const most = failure ? Math.min(REFUSAL.bytes, partner.maxBytes) : partner.maxBytes;
      const body = limit(bytes, most, progress, deadline, fail);
      if (failure) throw await withReason(failure, body, request);
      return await read({ headers: answered, body });
    } finally {
      response.data.destroy();
    }
  } finally {
    deadline.pause();
  }
}

/** A refusal with the reason in its body. A body that cannot be read, is large or does not end changes nothing. */
async function withReason(
  failure: PartnerFailure,
  body: AsyncIterable<Buffer>,
  { explainRefusal }: PartnerRequest,
): Promise<PartnerFailure> {
  if (!explainRefusal || failure.type !== 'RequestRejected') return failure;
  const read = new AbortController();
  const reason = await Promise.race([
    explainRefusal(body).catch(() => null),
    sleep(REFUSAL.withinMs, null, { signal: read.signal }).catch(() => null),
  ]);
  read.abort();
  return reason === null
    ? failure
    : new PartnerFailure('RequestRejected', `${failure.message} with ${reason}`);
}

/** The whole body of an answer. */
export async function readWhole(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Node keeps headers of the same name apart; axios joins them with commas. */
function headersOf({ request }: AxiosResponse): AnswerHeaders {
  return (request as ClientRequest & { res: IncomingMessage }).res.headersDistinct;
}

/** Counts the bytes, and names what ends the body early. The deadline counts only the time of waiting for the partner. */
async function* limit(
  bytes: AsyncIterable<Buffer>,
  maxBytes: number,
  progress: CallProgress,
  deadline: Deadline,
  fail: (error: unknown) => unknown,
): AsyncGenerator<Buffer> {
  let count = 0;
  progress.bytes = 0;
  try {
    for await (const chunk of bytes) {
      count += chunk.length;
      progress.bytes = count;
      if (count > maxBytes) {
        throw new PartnerFailure('ResponseTooLarge', `the body was larger than maxBytes (${maxBytes} bytes)`);
      }
      deadline.pause();
      yield chunk;
      deadline.resume();
    }
  } catch (error) {
    throw fail(error);
  }
}

/** What an error of a call means. */
function explain(
  error: unknown,
  call: { partner: Partner; progress: CallProgress; signal: AbortSignal; deadline: Deadline },
): unknown {
  const { partner, progress, signal, deadline } = call;
  if (error instanceof PartnerFailure) return error;
  if (signal.aborted) return signal.reason;
  if (deadline.signal.aborted) {
    const soFar = progress.bytes ? ` (${progress.bytes} bytes so far)` : '';
    const within = durationInWords(partner.deadline);
    return new PartnerFailure('PartnerTimeout', `no complete answer within ${within}${soFar}`);
  }
  if (!isNetworkError(error)) return error;
  // The original error is dropped on purpose: axios' errors hold the request's headers.
  return networkFailure(error.code, progress.httpStatus !== null);
}

/** Errors of Node's network, TLS, HTTP and zlib layers carry a code; our own defects have no code, or ERR_INVALID_…. */
function isNetworkError(error: unknown): error is { code?: string } {
  const code = (error as { code?: unknown } | null)?.code;
  return error instanceof AxiosError || (typeof code === 'string' && !code.startsWith('ERR_INVALID_'));
}
