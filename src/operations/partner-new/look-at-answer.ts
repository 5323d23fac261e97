import type { Json } from '../../contract/answer';
import { type AnswerHeaders, charsetOf } from '../../partner/call/answer-headers';
import { createRequestBuilder } from '../../partner/call/build-request';
import { PartnerFailure } from '../../partner/call/partner-failure';
import { type CallProgress, requestPartner } from '../../partner/call/request';
import type { Partner } from '../../partner/config/partner';
import { createBodyDecoders } from '../../partner/page/decode-body';
import { type CsvSeparator, separatorOf } from '../../partner/page/decode-csv';
import { parseJson } from '../../partner/page/parse-json';
import { strictUtf8 } from '../../partner/page/utf8';

/** The formats of `providers.format`. */
export type Format = Partner['providers']['format'];

/** One answer of a partner about which nothing is known yet. */
export interface LookedAt {
  readonly format: Format;
  /** What separates the cells of CSV; undefined for commas and in other formats. */
  readonly separator?: CsvSeparator | undefined;
  /** The whole answer in JSON; undefined in other formats. */
  readonly root: Json | undefined;
  /** The records in other formats than JSON, in which the list has to be found. */
  readonly records: readonly Json[];
  readonly headers: AnswerHeaders;
  /** Whether the answer is larger than what was read of it. */
  readonly isCut: boolean;
}

/** Bytes that are looked at. */
export const LOOKED_AT = 4 * 2 ** 20;

const KEY_ADVICE = `if the partner needs a key or a token, give it with --header, as in --header 'Authorization: Bearer \${TOKEN}'`;

/**
 * Requests the list once, and reads its start.
 *
 * @param partner its `fields` and `identity` do not matter
 * @param format left out if the body shall show it
 * @throws PartnerFailure
 */
export async function lookAtAnswer(partner: Partner, format: Format | undefined): Promise<LookedAt> {
  const build = createRequestBuilder(partner, 'providers', partner.providers);
  const built = build({ token: null, since: null });
  const headers = { Accept: '*/*', ...built.headers };
  const request = { ...built, headers, rejectedStatus: [] };
  const signal = new AbortController().signal;
  const progress: CallProgress = { httpStatus: null, bytes: null };
  try {
    return await requestPartner(partner, request, progress, signal, async (response) => {
      const start = await readStart(response.body, charsetOf(response.headers));
      return { ...(await readBody(start, format)), headers: response.headers, isCut: start.isCut };
    });
  } catch (error) {
    if (!(error instanceof PartnerFailure) || ![401, 403].includes(progress.httpStatus ?? 0)) throw error;
    throw new PartnerFailure(error.type, `${error.message}; ${KEY_ADVICE}`);
  }
}

interface Start {
  readonly text: string;
  readonly isCut: boolean;
}

async function readStart(body: AsyncIterable<Buffer>, charset: string | undefined): Promise<Start> {
  const chunks: Buffer[] = [];
  let length = 0;
  let isCut = false;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.length;
    isCut = length >= LOOKED_AT;
    if (isCut) break;
  }
  return { text: await toText(Buffer.concat(chunks), charset, isCut), isCut };
}

/** Bytes that are not UTF-8 are read nevertheless, so that there is a draft. */
async function toText(bytes: Buffer, charset: string | undefined, isCut: boolean): Promise<string> {
  const whole: Buffer[] = [];
  try {
    for await (const part of strictUtf8(only(bytes), { charset })) whole.push(part);
  } catch {
    // The last character may be cut.
    if (!isCut || whole.length === 0) return bytes.toString();
  }
  return Buffer.concat(whole).toString();
}

async function readBody(
  { text, isCut }: Start,
  asked: Format | undefined,
): Promise<Omit<LookedAt, 'headers' | 'isCut'>> {
  const root = asked === undefined || asked === 'json' ? parse(text) : undefined;
  if (root !== undefined) return { format: 'json', root, records: [] };
  const format = asked ?? guessFormat(text);
  if (format === 'json') {
    const fault = isCut ? `was larger than ${LOOKED_AT} bytes; ask for fewer records` : 'was no JSON';
    throw new PartnerFailure('IncompleteResponse', `the answer ${fault}`);
  }
  // The line at which the reading ended is not whole.
  const whole = isCut ? text.slice(0, text.lastIndexOf('\n')) : text;
  const records: Json[] = [];
  const [header = ''] = whole.trimStart().split('\n', 1);
  const separator = format === 'csv' ? separatorOf(header) : undefined;
  const rules = { format, separator, records: undefined, others: [], noTokenText: undefined };
  await createBodyDecoders(rules).first(only(Buffer.from(whole)), async (slice) => {
    for (const record of slice) if (isPlain(record)) records.push(record);
  });
  return { format, separator: separator === 'comma' ? undefined : separator, root: undefined, records };
}

function guessFormat(text: string): Format {
  const [first = '', second] = text.trimStart().split('\n', 2);
  if (parse(first) !== undefined && second !== undefined) return 'ndjson';
  if (/^[[{]/.test(first)) return 'json';
  return separatorOf(first) === undefined ? 'lines' : 'csv';
}

async function* only(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

/** Undefined for a text that is no JSON, and for a single value. */
function parse(text: string): Json | undefined {
  try {
    const value = parseJson(text) as Json;
    return value !== null && typeof value === 'object' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Malformed records are objects of a class. */
function isPlain(record: unknown): record is Json {
  return record !== null && typeof record === 'object' && Object.getPrototypeOf(record) === Object.prototype;
}
