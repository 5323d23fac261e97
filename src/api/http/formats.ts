import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Page } from '../../store/lists/cursor';
import { TooManySnapshotsError } from '../../store/postgres/snapshot';
import { toCsv } from './csv';
import { whatToLog } from './errors';
import { ProblemError } from './problem';
import { watchExport } from './watch-export';

const TYPES = { json: 'application/json', csv: 'text/csv', ndjson: 'application/x-ndjson' } as const;
type Format = keyof typeof TYPES;
const FORMATS = Object.keys(TYPES) as Format[];

/** A list in the formats it can be had in. */
export interface List<T, P extends Page<T>> {
  /** What the file is called when it is saved, without its ending. */
  readonly name: string;
  /** What is shown of an item. */
  readonly schema: z.ZodType;
  /** The same for CSV. */
  readonly columns: readonly (keyof T & string)[];
  /** One page, for JSON. */
  page(): Promise<P>;
  /** All of it as it is now, for CSV and NDJSON; lets go of what it holds once the signal is aborted. */
  all(signal: AbortSignal): AsyncIterable<T>;
}

/**
 * Answers with a list as the sender wants it: a page as JSON, or the whole as CSV or NDJSON, streamed.
 *
 * @throws ProblemError 406; 503 where too many are streamed already
 */
export async function sendList<T extends object, P extends Page<T>>(
  request: FastifyRequest,
  reply: FastifyReply,
  list: List<T, P>,
): Promise<P> {
  const format = formatOf(request);
  reply.header('Vary', 'Accept');
  if (format === null) {
    throw new ProblemError(406, `This is to be had as ${Object.values(TYPES).join(', ')}.`);
  }
  if (format === 'json') return list.page();
  reply
    .type(`${TYPES[format]}; charset=utf-8`)
    .header('Content-Disposition', `attachment; filename="${list.name}.${format}"`);
  const items = request.method === 'HEAD' ? [] : await begin(list, request, reply);
  // The type of a route's answer is that of its JSON; a stream is sent as it is.
  return reply.send(
    format === 'csv' ? toCsv(items, list.columns) : Readable.from(ndjson(items, list.schema)),
  ) as never;
}

type Items<T> = AsyncIterable<T> | readonly T[];

/** Waits for the first item: what fails until then is still told as a problem, and not as an end too soon. */
async function begin<T>(
  list: Pick<List<T, Page<T>>, 'all'>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Items<T>> {
  const watch = watchExport(request, reply);
  const rest = list.all(watch.signal)[Symbol.asyncIterator]();
  const first = await rest.next().catch(sayWhyNot);
  if (first.done) return [];
  return (async function* () {
    yield first.value;
    try {
      for await (const item of { [Symbol.asyncIterator]: () => rest }) {
        watch.taken();
        yield item;
      }
    } catch (error) {
      if (!watch.signal.aborted) request.log.error(whatToLog(error), 'An export broke off');
      throw new Error('The export broke off');
    }
  })();
}

function sayWhyNot(error: unknown): never {
  if (!(error instanceof TooManySnapshotsError)) throw error;
  throw new ProblemError(503, 'As many exports as can be are being read; try again when one has ended.');
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
