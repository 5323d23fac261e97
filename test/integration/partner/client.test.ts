import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { AnswerCollector } from '../../../src/partner/answer/collect-answer';
import { createPartnerClient } from '../../../src/partner/call/partner-client';
import { PartnerFailure, type PartnerFailureType } from '../../../src/partner/call/partner-failure';
import type { CallProgress } from '../../../src/partner/call/request';
import { type Simulator, type Step, startSimulator } from '../../../src/simulator/simulator';
import { partnerWith } from '../../support/partners';
import { until } from '../../support/scenario';

const DEADLINE_MS = 3_000;
const MAX_BYTES = 256 * 1024;

let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ rates: { auth: {}, providers: {} }, hangMs: 50 });
});
afterAll(() => simulator.close());
beforeEach(() => simulator.reset());

function client(changes: Record<string, unknown> = {}) {
  return createPartnerClient(
    partnerWith({ baseUrl: simulator.url, deadline: `${DEADLINE_MS}ms`, maxBytes: MAX_BYTES, ...changes }),
  );
}

const never = new AbortController().signal;
const noProgress = (): CallProgress => ({ httpStatus: null, bytes: null });

async function authenticate(): Promise<string> {
  return client().authenticate(noProgress(), never);
}

async function fetchAnswer(token: string, progress: CallProgress) {
  const collector = new AnswerCollector(partnerWith());
  const request = { token, cursor: null, since: null };
  return collector.finish(
    await client().fetchPage(request, progress, never, (slice) => collector.add(slice)),
  );
}

/** The name of the failure with which a call ends, or `ok`. */
async function nameOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'ok',
    (error) => {
      if (error instanceof PartnerFailure) return error.type;
      throw error;
    },
  );
}

type Case = [Step, PartnerFailureType];
const faultsOfBoth: Case[] = [
  ['hang', 'PartnerTimeout'],
  ['hangForever', 'PartnerTimeout'],
  ['stall', 'PartnerTimeout'],
  ['error500', 'PartnerError'],
  [{ fault: 'status', status: 502 }, 'PartnerError'],
  [{ fault: 'status', status: 503 }, 'PartnerBusy'],
  [{ fault: 'status', status: 429, retryAfter: '1' }, 'PartnerBusy'],
  [{ fault: 'status', status: 404 }, 'RequestRejected'],
  ['unauthorized', 'RequestRejected'],
  ['reset', 'PartnerUnreachable'],
  ['cutConnection', 'IncompleteResponse'],
  ['badHeader', 'IncompleteResponse'],
  ['garbage', 'IncompleteResponse'],
  ['huge', 'ResponseTooLarge'],
  ['endless', 'ResponseTooLarge'],
  ['gzipBomb', 'ResponseTooLarge'],
];

describe('the auth endpoint', () => {
  it('returns a token', async () => {
    expect(await authenticate()).toMatch(/\S/);
  });

  it.each<Case>([
    ...faultsOfBoth,
    [{ fault: 'drip', everyMs: DEADLINE_MS }, 'PartnerTimeout'],
    ['rejectToken', 'RequestRejected'],
    ['noToken', 'IncompleteResponse'],
    ['emptyToken', 'IncompleteResponse'],
  ])('%j is named %s', async (step, type) => {
    simulator.script('auth', [step]);
    expect(await nameOf(authenticate())).toBe(type);
    expect(simulator.calls).toHaveLength(1);
  });
});

describe('a token header that was sent twice', () => {
  const twice = (...values: string[]): Step => ({
    fault: 'raw',
    headers: { 'Super-Secure-Token': values },
    body: 'OK',
  });

  it('with the same value is one token', async () => {
    simulator.script('auth', [twice('abc', ' abc '), 'repeatedToken']);
    expect(await authenticate()).toBe('abc');
    const { answer } = await fetchAnswer(await authenticate(), noProgress());
    expect(answer.received).toBe(10);
  });

  it('with the same value is one token, also with a compressed body', async () => {
    const headers = { 'Super-Secure-Token': ['abc', 'abc'], 'Content-Encoding': 'gzip' };
    simulator.script('auth', [{ fault: 'raw', headers, body: gzipSync('OK') }]);
    expect(await authenticate()).toBe('abc');
  });

  it('keeps the commas of a token that was sent once', async () => {
    simulator.script('auth', [twice('abc, abc')]);
    expect(await authenticate()).toBe('abc, abc');
  });

  it('with two values, or with one value and an empty one, is no token', async () => {
    for (const step of [twice('abc', 'abd'), twice('abc', '')]) {
      simulator.script('auth', [step]);
      expect(await nameOf(authenticate())).toBe('IncompleteResponse');
    }
  });
});

describe('the providers endpoint', () => {
  it('returns checked records for a token', async () => {
    const { answer } = await fetchAnswer(await authenticate(), noProgress());
    expect(answer.providers).toHaveLength(10);
    expect(answer.rejected).toEqual([]);
  });

  it.each<Case>([
    ...faultsOfBoth,
    [{ fault: 'drip', everyMs: 100 }, 'PartnerTimeout'],
    ['rejectToken', 'TokenRejected'],
    ['replaceToken', 'TokenRejected'],
    ['cut', 'IncompleteResponse'],
    ['empty', 'IncompleteResponse'],
    ['html', 'IncompleteResponse'],
    ['notJson', 'IncompleteResponse'],
    ['noList', 'IncompleteResponse'],
    ['emptyList', 'IncompleteResponse'],
    [{ fault: 'shortList', count: 9 }, 'IncompleteResponse'],
    [{ fault: 'raw', body: Buffer.from([0x7b, 0xff, 0x7d]) }, 'IncompleteResponse'],
    [{ fault: 'raw', body: '{"providers":[]}{}' }, 'IncompleteResponse'],
    [{ fault: 'raw', headers: { 'Content-Encoding': 'gzip' }, body: 'not gzip' }, 'IncompleteResponse'],
  ])('%j is named %s', async (step, type) => {
    const token = await authenticate();
    simulator.script('providers', [step]);
    expect(await nameOf(fetchAnswer(token, noProgress()))).toBe(type);
    expect(simulator.calls.filter(({ endpoint }) => endpoint === 'providers')).toHaveLength(1);
  });

  it('reports a missing token for the text under a 200 that means it', async () => {
    expect(await nameOf(fetchAnswer('none', noProgress()))).toBe('TokenRejected');
  });

  it.each(['gzip', 'br', 'deflate'] as const)('reads a body that is compressed with %s', async (encoding) => {
    const compress = { gzip: gzipSync, br: brotliCompressSync, deflate: deflateSync }[encoding];
    const records = Array.from({ length: 10 }, (_, n) => ({
      name_given: `Ann ${n}`,
      name_family: 'Lee',
      title: 'NP',
      clinic: 'North',
    }));
    const body = compress(JSON.stringify({ providers: records }));
    simulator.script('providers', [{ fault: 'raw', headers: { 'Content-Encoding': encoding }, body }]);
    const progress = noProgress();
    const { answer } = await fetchAnswer('any', progress);
    expect(answer.providers).toHaveLength(10);
    expect(progress.bytes).toBe(JSON.stringify({ providers: records }).length);
  });

  it('reports the bytes and the status that were received before it gave up', async () => {
    simulator.script('providers', ['stall']);
    const progress = noProgress();
    await nameOf(fetchAnswer(await authenticate(), progress));
    expect(progress).toEqual({ httpStatus: 200, bytes: expect.any(Number) });
    expect(progress.bytes).toBeGreaterThan(0);
  });

  it('never repeats text of the partner', async () => {
    const token = await authenticate();
    simulator.script('providers', [{ fault: 'raw', body: '{"secret-name": tru' }]);
    const error = await fetchAnswer(token, noProgress()).catch((failure: Error) => failure);
    expect(`${(error as Error).message} ${(error as Error).stack} ${JSON.stringify(error)}`).not.toMatch(
      /secret-name/,
    );
    expect(JSON.stringify(error)).not.toContain(token);
  });
});

describe('a request', () => {
  it('and its connection end at once when the caller gives up', async () => {
    for (const step of ['hangForever', 'stall', 'endless'] as const) {
      simulator.reset();
      simulator.script('providers', [step]);
      const caller = new AbortController();
      const patient = client({ deadline: '1m', maxBytes: 2 ** 30, providers: { maximumCount: 10 ** 8 } });
      const first = { token: 'any', cursor: null, since: null };
      const progress = noProgress();
      const call = patient.fetchPage(first, progress, caller.signal, async () => undefined);
      const reason = new Error('enough');
      const rejected = expect(call).rejects.toBe(reason);
      // The caller gives up in the middle of the answer, if there is one.
      await until(() => (step === 'hangForever' ? simulator.calls.length === 1 : progress.bytes !== null));
      caller.abort(reason);
      await rejected;
      await until(() => simulator.calls[0]?.ended === 'aborted');
    }
  });

  it('closes its connection when it refuses the answer', async () => {
    for (const step of ['hangForever', 'stall', 'endless', 'gzipBomb', 'huge'] as const) {
      simulator.reset();
      simulator.script('auth', [step]);
      await nameOf(authenticate());
      await until(() => simulator.calls[0]?.ended === 'aborted');
    }
  });

  it('follows neither a redirect nor proxy variables', async () => {
    let led = 0;
    const elsewhere = createServer((_request, response) => {
      led += 1;
      response.setHeader('Super-Secure-Token', 'stolen').end();
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    const away = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
    const before = { ...process.env };
    try {
      Object.assign(process.env, { http_proxy: away, HTTP_PROXY: away, ALL_PROXY: away, no_proxy: '' });
      expect(await authenticate()).not.toBe('stolen');
      simulator.script('auth', [{ fault: 'redirect', location: `${away}/auth` }]);
      expect(await nameOf(authenticate())).toBe('RequestRejected');
      expect(led).toBe(0);
    } finally {
      process.env = before;
      elsewhere.close();
    }
  });

  it('reports a partner that cannot be reached', async () => {
    const gone = client({ baseUrl: 'http://127.0.0.1:1' });
    expect(await nameOf(gone.authenticate(noProgress(), never))).toBe('PartnerUnreachable');
    const nowhere = client({ baseUrl: 'http://partner.invalid' });
    expect(await nameOf(nowhere.authenticate(noProgress(), never))).toBe('PartnerUnreachable');
  });

  it('uses little memory for a gzip bomb', async () => {
    simulator.script('auth', [{ fault: 'gzipBomb', bytes: 2 ** 30 }]);
    const before = process.memoryUsage.rss();
    expect(await nameOf(authenticate())).toBe('ResponseTooLarge');
    expect(process.memoryUsage.rss() - before).toBeLessThan(100 * 2 ** 20);
  });
});
