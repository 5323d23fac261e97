import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Page } from '../store/cursor';
import { ProblemError } from './problem';

const TYPES = { json: 'application/json', csv: 'text/csv', ndjson: 'application/x-ndjson' } as const;
type Format = keyof typeof TYPES;
const FORMATS = Object.keys(TYPES) as Format[];

/** A list in the formats it can be had in. */
export interface List<T> {
  /** What the file is called when it is saved, without its ending. */
  readonly name: string;
  readonly columns: readonly (keyof T & string)[];
  /** One page, for JSON. */
  page(): Promise<Page<T>>;
  /** All of it, for CSV and NDJSON. */
  all(): AsyncIterable<T>;
}

/**
 * Answers with a list as the sender wants it: a page as JSON, or the whole as CSV or NDJSON, streamed.
 *
 * @throws ProblemError 406
 */
export async function sendList<T extends object>(
  request: FastifyRequest,
  reply: FastifyReply,
  list: List<T>,
): Promise<Page<T>> {
  const format = formatOf(request);
  reply.header('Vary', 'Accept');
  if (format === null) {
    throw new ProblemError(406, `This is to be had as ${Object.values(TYPES).join(', ')}.`);
  }
  if (format === 'json') return list.page();
  reply
    .type(`${TYPES[format]}; charset=utf-8`)
    .header('Content-Disposition', `attachment; filename="${list.name}.${format}"`);
  // The type of a route's answer is that of its JSON; a stream is sent as it is.
  return reply.send(format === 'csv' ? csv(list) : Readable.from(ndjson(list.all()))) as never;
}

function formatOf(request: FastifyRequest): Format | null {
  const { format } = request.query as { format?: Format };
  if (format) return format;
  const wanted = request.accepts().type(Object.values(TYPES));
  return FORMATS.find((name) => TYPES[name] === wanted) ?? null;
}

/** A cell that a spreadsheet would take for a formula is written as text. */
function csv<T extends object>({ columns, all }: List<T>): Readable {
  const writer = stringify({
    header: true,
    bom: true,
    escape_formulas: true,
    columns: [...columns],
    record_delimiter: 'windows',
    cast: {
      boolean: String,
      object: (value) => (value instanceof Date ? value.toISOString() : JSON.stringify(value)),
    },
  });
  const source = Readable.from(all());
  source.on('error', (error) => writer.destroy(error));
  writer.on('close', () => source.destroy());
  return source.pipe(writer);
}

async function* ndjson(items: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const item of items) yield `${JSON.stringify(item)}\n`;
}
