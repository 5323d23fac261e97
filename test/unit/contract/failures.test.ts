import { execFileSync } from 'node:child_process';
import { transformFileSync } from '@swc/core';
import { ApplicationFailureCategory } from '@temporalio/common';
import { retryDelay } from '../../../activities/retry-delay';
import { temporalFailure } from '../../../activities/temporal-failure';
import { FAILURES, type FailureType } from '../../../src/contract/failures';
import {
  networkFailure,
  PartnerFailure,
  type PartnerFailureType,
  parseRetryAfter,
  statusFailure,
} from '../../../src/partner/call/partner-failure';

/** The module that reads the dates of `parseRetryAfter`, as JavaScript. It imports nothing. */
const { code: HTTP_DATE } = transformFileSync(require.resolve('../../../src/partner/call/http-date'), {
  jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
  module: { type: 'commonjs' },
});

describe('the failure table', () => {
  it.each<[number, PartnerFailureType | null]>([
    [200, null],
    [201, 'IncompleteResponse'],
    [204, 'IncompleteResponse'],
    [206, 'IncompleteResponse'],
    [301, 'RequestRejected'],
    [302, 'RequestRejected'],
    [304, 'RequestRejected'],
    [307, 'RequestRejected'],
    [400, 'RequestRejected'],
    [401, 'RequestRejected'],
    [403, 'TokenRejected'],
    [404, 'RequestRejected'],
    [408, 'PartnerTimeout'],
    [429, 'PartnerBusy'],
    [500, 'PartnerError'],
    [502, 'PartnerError'],
    [503, 'PartnerBusy'],
    [504, 'PartnerError'],
    [599, 'PartnerError'],
  ])('names an HTTP %i', (status, type) => {
    expect(statusFailure(status, undefined, [403])?.type ?? null).toBe(type);
  });

  it('calls a redirect a redirect, and no other status', () => {
    expect(statusFailure(308, undefined, [])?.message).toBe('HTTP 308: redirects are not followed');
    expect(statusFailure(304, undefined, [])?.message).toBe('HTTP 304 where 200 was expected');
  });

  it('does not take a 403 for a rejected token if no token was sent', () => {
    expect(statusFailure(403, undefined, [])?.type).toBe('RequestRejected');
  });

  it.each<[string | undefined, boolean, PartnerFailureType]>([
    ['ECONNREFUSED', false, 'PartnerUnreachable'],
    ['ECONNRESET', false, 'PartnerUnreachable'],
    ['ENOTFOUND', false, 'PartnerUnreachable'],
    ['EAI_AGAIN', false, 'PartnerUnreachable'],
    ['CERT_HAS_EXPIRED', false, 'PartnerUnreachable'],
    [undefined, false, 'PartnerUnreachable'],
    ['ECONNRESET', true, 'IncompleteResponse'],
    ['ERR_STREAM_PREMATURE_CLOSE', true, 'IncompleteResponse'],
    ['Z_DATA_ERROR', true, 'IncompleteResponse'],
    ['HPE_INVALID_CONSTANT', false, 'IncompleteResponse'],
    ['HPE_HEADER_OVERFLOW', false, 'ResponseTooLarge'],
  ])('names the network error %s (answering: %s)', (code, answering, type) => {
    expect(networkFailure(code, answering).type).toBe(type);
  });

  it.each<[PartnerFailureType, boolean]>([
    ['PartnerUnreachable', true],
    ['PartnerTimeout', true],
    ['PartnerError', true],
    ['PartnerBusy', true],
    ['IncompleteResponse', true],
    ['TokenRejected', false],
    ['RequestRejected', false],
    ['ResponseTooLarge', false],
  ])('repeats %s: %s', (type, retried) => {
    const failure = temporalFailure(new PartnerFailure(type, 'detail'));
    expect({ type: failure.type, retried: !failure.nonRetryable }).toEqual({ type, retried });
  });

  it('marks expected failures as benign, and defects not', () => {
    const expected = temporalFailure(new PartnerFailure('PartnerError', 'HTTP 500'));
    const defect = temporalFailure(new TypeError('x is not a function'));
    expect(expected.category).toBe(ApplicationFailureCategory.BENIGN);
    expect(defect.type).toBe('InternalError' satisfies FailureType);
    expect(defect.category).not.toBe(ApplicationFailureCategory.BENIGN);
  });

  it('has a meaning and an advice for every failure', () => {
    for (const { meaning, advice } of Object.values(FAILURES)) {
      expect(meaning).toMatch(/^[A-Z].*\.$/);
      expect(advice).toMatch(/^[A-Z].*\.$/);
    }
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');

  it.each<[string | undefined, number | undefined]>([
    [undefined, undefined],
    ['3', 3000],
    [' 0 ', 0],
    ['Thu, 01 Jan 2026 00:00:05 GMT', 5000],
    ['Wed, 31 Dec 2025 23:59:00 GMT', 0],
    ['Thursday, 01-Jan-26 00:00:05 GMT', 5000],
    ['Wednesday, 31-Dec-97 23:59:00 GMT', 0],
    ['Thu Jan  1 00:00:05 2026', 5000],
    ['Sun Jan 11 00:00:00 2026', 864_000_000],
    ['Thu, 01 Jan 2026 00:00:05 PST', undefined],
    ['Thu, 01 Jan 2026 00:00:05', undefined],
    ['Thu, 01 Jam 2026 00:00:05 GMT', undefined],
    ['Thu, 31 Feb 2026 00:00:05 GMT', undefined],
    ['Thu, 01 Jan 2026 24:00:05 GMT', undefined],
    ['Thursday, 01-Jan-2026 00:00:05 GMT', undefined],
    ['Mon 5', undefined],
    ['-5', undefined],
    ['soon', undefined],
  ])('%s is %s ms', (value, expected) => {
    expect(parseRetryAfter(value, now)).toBe(expected);
  });

  // A process of its own: Jest gives tests a copy of the environment, which does not change the time zone.
  it.each(['America/Los_Angeles', 'Asia/Kolkata'])('is read in GMT in a process in %s', (TZ) => {
    const dates = [
      'Thu Jan  1 00:00:05 2026',
      'Thursday, 01-Jan-26 00:00:05 GMT',
      'Thu, 01 Jan 2026 00:00:05 GMT',
    ];
    const program = `
      ${HTTP_DATE}
      const read = ${JSON.stringify(dates)}.map((date) => exports.parseHttpDate(date, ${now}) - ${now});
      console.log(JSON.stringify({ offset: new Date(${now}).getTimezoneOffset(), read }));`;
    const printed = execFileSync(process.execPath, ['--eval', program], { env: { TZ }, encoding: 'utf8' });
    const { offset, read } = JSON.parse(printed);
    expect(offset).not.toBe(0);
    expect(read).toEqual([5000, 5000, 5000]);
  });
});

describe('the delay before the next call', () => {
  it('grows from call to call and is jittered by a quarter either way', () => {
    expect(retryDelay(1000, 1, undefined, () => 0)).toBe(750);
    expect(retryDelay(1000, 1, undefined, () => 1)).toBe(1250);
    expect(retryDelay(1000, 2, undefined, () => 0)).toBe(1500);
    expect(retryDelay(1000, 2, undefined, () => 0)).toBeGreaterThan(retryDelay(1000, 1, undefined, () => 1));
  });

  it('is as long as the partner asks, up to a minute', () => {
    expect(retryDelay(1000, 1, 5000)).toBe(5000);
    expect(retryDelay(1000, 1, 3_600_000)).toBe(60_000);
    expect(retryDelay(1000, 1, Number.POSITIVE_INFINITY)).toBe(60_000);
  });
});
