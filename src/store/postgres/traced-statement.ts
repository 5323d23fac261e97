import { finished, Readable, Writable } from 'node:stream';
import { beginSpan, currentTrace, type OpenSpan, type SpanFacts } from '../../process/tracing/trace';

const OPERATION = /^\s*([a-z]+)/i;
const WRITES = /\b(INSERT INTO|UPDATE|DELETE FROM)\s+([a-z_]+)/;
const TABLE = /\b(?:FROM|INTO|UPDATE|COPY|TABLE|JOIN)\s+([a-z_]+)/;

/**
 * Sends a statement in a span, if it belongs to a recorded trace. The span has the first word and the first table of the
 * statement, never the rest of its text or a parameter.
 *
 * @param statement the text, or pg's object with it
 */
export function tracedStatement(statement: unknown, send: () => unknown): unknown {
  if (currentTrace() === null) return send();
  const { name, facts } = describe(textOf(statement));
  const span = beginSpan(name, 'client', facts);
  if (!span) return send();
  const sent = send();
  endWith(span, sent);
  return sent;
}

interface Description {
  readonly name: string;
  readonly facts: SpanFacts;
}

/** Of the statements that were sent, by their text. */
const descriptions = new Map<string, Description>();
/** Far more than there are statements; lists with filters have many. */
const MOST_DESCRIPTIONS = 1_000;

/** What a span says about a statement. Most statements are sent again and again with the same text. */
function describe(text: string): Description {
  const known = descriptions.get(text);
  if (known) return known;
  const [operation, table] = readStatement(text);
  const description = {
    name: table === undefined ? operation : `${operation} ${table}`,
    facts: {
      'db.system.name': 'postgresql',
      'db.operation.name': operation,
      ...(table !== undefined && { 'db.collection.name': table }),
    },
  };
  if (descriptions.size < MOST_DESCRIPTIONS) descriptions.set(text, description);
  return description;
}

/** The first word of a statement, and its first table. Of a statement with parts, those of the part that writes. */
function readStatement(text: string): [operation: string, table: string | undefined] {
  const operation = (OPERATION.exec(text)?.[1] ?? 'query').toUpperCase();
  const [, write, written] = operation === 'WITH' ? (WRITES.exec(text) ?? []) : [];
  if (write !== undefined) return [write.split(' ')[0] ?? write, written];
  return [operation, TABLE.exec(text)?.[1]];
}

function textOf(statement: unknown): string {
  if (typeof statement === 'string') return statement;
  const { text } = (statement ?? {}) as { text?: unknown };
  return typeof text === 'string' ? text : '';
}

/** Ends the span when the statement ends: a promise, a stream of COPY, or a call whose end is not known here. */
function endWith(span: OpenSpan, sent: unknown): void {
  const end = (error?: unknown) => (error ? span.end(codeOf(error)) : span.end());
  if (sent instanceof Promise) {
    sent.then(() => end(), end);
  } else if (sent instanceof Readable || sent instanceof Writable) {
    finished(sent, end);
  } else end();
}

/** The SQLSTATE, or the code of the system. */
function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : 'Error';
}
