import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Page } from '../../store/lists/cursor';
import { TooManySnapshotsError } from '../../store/postgres/snapshot';
import { whatToLog } from './answer-errors';
import { limitExport } from './limit-export';
import { ProblemError } from './problem';
import { toCsv } from './to-csv';

const TYPES = { json: 'application/json', csv: 'text/csv', ndjson: 'application/x-ndjson' } as const;
type Format = keyof typeof TYPES;
const FORMATS = Object.keys(TYPES) as Format[];

/** A list that can be sent in each of the formats. */
export interface List<T, P extends Page<T>> {
  /** The name of the saved file, without its extension. */
  readonly name: string;
  /** The fields of an item in JSON and NDJSON. */
  readonly schema: z.ZodType;
  /** The fields of an item in CSV. */
  readonly columns: readonly (keyof T & string)[];
  /** One page, for JSON. */
  page(): Promise<P>;
  /** All items as they are now, for CSV and NDJSON. It releases its resources once the signal is aborted. */
  all(signal: AbortSignal): AsyncIterable<T>;
}

/**
 * Sends a list in the format that the caller asks for: a page as JSON, or the whole list as streamed CSV or NDJSON.
 *
 * @throws ProblemError 406 for another format, 503 if too many exports are running
 */
export async function sendList<T extends object, P extends Page<T>>(
  request: FastifyRequest,
  reply: FastifyReply,
  list: List<T, P>,
): Promise<P> {
  const format = formatOf(request);
  reply.header('Vary', 'Accept');
  if (format === null) throw new ProblemError(406, `Available formats: ${Object.values(TYPES).join(', ')}`);
  if (format === 'json') return list.page();
  reply
    .type(`${TYPES[format]}; charset=utf-8`)
    .header('Content-Disposition', `attachment; filename="${list.name}.${format}"`);
  const items = request.method === 'HEAD' ? [] : await begin(list, request, reply);
  // The type of a route's answer is the type of its JSON, but a stream is sent as it is.
  return reply.send(
    format === 'csv' ? toCsv(items, list.columns) : Readable.from(ndjson(items, list.schema)),
  ) as never;
}

type Items<T> = AsyncIterable<T> | readonly T[];

/** Waits for the first item. A failure until then is answered as a problem; a later one cuts the answer. */
async function begin<T>(
  list: Pick<List<T, Page<T>>, 'all'>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Items<T>> {
  const limit = limitExport(request, reply);
  const rest = list.all(limit.signal)[Symbol.asyncIterator]();
  const first = await rest.next().catch(refuse);
  if (first.done) return [];
  return (async function* () {
    yield first.value;
    try {
      for await (const item of { [Symbol.asyncIterator]: () => rest }) {
        limit.taken();
        yield item;
      }
    } catch (error) {
      if (!limit.signal.aborted) request.log.error(whatToLog(error), 'An export broke off');
      throw new Error('The export broke off');
    }
  })();
}

function refuse(error: unknown): never {
  if (!(error instanceof TooManySnapshotsError)) throw error;
  throw new ProblemError(503, 'Too many exports are running. Try again when one has finished.');
}

function formatOf(request: FastifyRequest): Format | null {
  const { format } = request.query as { format?: Format };
  if (format) return format;
  const wanted = request.accepts().type(Object.values(TYPES));
  return FORMATS.find((name) => TYPES[name] === wanted) ?? null;
}

async function* ndjson(items: Items<unknown>, schema: z.ZodType): AsyncGenerator<string> {
  for await (const item of items) yield `${JSON.stringify(schema.encode(item))}\n`;
}
