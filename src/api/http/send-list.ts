import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { AttributeNames } from '../../store/directory/read-attribute-names';
import type { Page } from '../../store/lists/cursor';
import { TooManySnapshotsError } from '../../store/postgres/snapshot';
import { whatToLog } from '../../temporal/connection/what-to-log';
import type { ExportQuery } from '../openapi/list-schemas';
import { ATTRIBUTES, type Headings, namedColumns, wordedColumns } from './csv-columns';
import { exportDisposition } from './export-name';
import { limitExport } from './limit-export';
import { ProblemError } from './problem';
import { toCsv } from './to-csv';

const TYPES = { json: 'application/json', csv: 'text/csv', ndjson: 'application/x-ndjson' } as const;
type Format = keyof typeof TYPES;
const FORMATS = Object.keys(TYPES) as Format[];

/** A list that can be sent in each of the formats. */
export interface List<T, P extends Page<T>> {
  /** What the list contains: the first part of the name of the saved file. */
  readonly name: string;
  /** The filter as the caller sent it, for the name of the saved file. */
  readonly filter: object;
  /** The fields of an item in JSON and NDJSON. */
  readonly schema: z.ZodType;
  /** The fields of an item in CSV, with their headings for people. */
  readonly columns: Headings<T>;
  /** One page, for JSON. */
  page(): Promise<P>;
  /**
   * All items as they are now, for CSV and NDJSON. It releases its resources once the signal is aborted.
   *
   * @param receiveNames is called before the first item, if the items have unmapped fields
   */
  all(signal: AbortSignal, receiveNames?: (names: AttributeNames) => void): AsyncIterable<T>;
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
    .header('Content-Disposition', exportDisposition(list, format));
  // The type of a route's answer is the type of its JSON, but a stream is sent as it is.
  if (format === 'csv') return reply.send(await asCsv(list, request, reply)) as never;
  const items = await begin(request, reply, (signal) => list.all(signal));
  return reply.send(Readable.from(ndjson(items, list.schema))) as never;
}

async function asCsv<T extends object>(
  list: List<T, Page<T>>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Readable> {
  const { headings, separator, columns: chosen } = request.query as ExportQuery;
  const fields = chosen as (keyof T & string)[] | undefined;
  if (headings === 'names') {
    const items = await begin(request, reply, (signal) => list.all(signal));
    const all = Object.keys(list.columns) as (keyof T & string)[];
    return toCsv(items, namedColumns<T>(fields ?? all), separator);
  }
  let attributes: AttributeNames = { names: [], isComplete: true };
  const receive = (names: AttributeNames) => {
    attributes = names;
  };
  const isWanted = ATTRIBUTES in list.columns && (chosen?.includes(ATTRIBUTES) ?? true);
  const items = await begin(request, reply, (signal) => list.all(signal, isWanted ? receive : undefined));
  return toCsv(items, wordedColumns(list.columns, fields, attributes), separator);
}

type Items<T> = AsyncIterable<T> | readonly T[];

/** Waits for the first item. A failure until then is answered as a problem; a later one cuts the answer. */
async function begin<T>(
  request: FastifyRequest,
  reply: FastifyReply,
  all: (signal: AbortSignal) => AsyncIterable<T>,
): Promise<Items<T>> {
  if (request.method === 'HEAD') return [];
  const limit = limitExport(request, reply);
  const rest = all(limit.signal)[Symbol.asyncIterator]();
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
      throw brokenOff();
    }
  })();
}

/** Cuts the answer. The code is Node's for a stream that ends early: its cause was logged before, without a stack. */
function brokenOff(): Error {
  return Object.assign(new Error('The export broke off'), { code: 'ERR_STREAM_PREMATURE_CLOSE' });
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
