import type { Socket } from 'node:net';
import { Client } from 'pg';
import { nameOfPrepared } from './prepared';
import { tracedStatement } from './traced-statement';

/** A method of pg's connection that its types lack: it begins to read messages, also after a switch to TLS. */
interface MessageReader {
  attachListeners(stream: Socket): void;
}

/** pg's `query` with any of its arguments. */
type Query = (statement: unknown, ...others: unknown[]) => unknown;

/**
 * A client that keeps the plans of the statements that are {@link prepared}, and ends its connection when the server breaks the protocol. pg itself would throw an error that only the
 * process can catch, or would wait for the rest of an answer that never arrives.
 */
export class StoreClient extends Client {
  constructor(config?: ConstructorParameters<typeof Client>[0]) {
    super(config);
    const query: Query = (statement, ...others) =>
      tracedStatement(statement, () =>
        Reflect.apply(Client.prototype.query, this, [withName(statement), ...others]),
      );
    this.query = query as typeof this.query;
    const connection = this.connection as typeof this.connection & MessageReader;
    const attachListeners = connection.attachListeners.bind(connection);
    connection.attachListeners = (stream) => {
      attachListeners(stream);
      destroyOnThrow(stream);
    };
    connection.on('errorMessage', (error: Error & { code?: string }) => {
      // Errors that a server sends have an SQLSTATE. This error is about a message that pg does not know.
      if (error.code === undefined) connection.stream.destroy(error);
    });
  }
}

/** The statement as pg takes it: with its name, if it has one. */
function withName(statement: unknown): unknown {
  const name = typeof statement === 'string' ? nameOfPrepared(statement) : undefined;
  return name === undefined ? statement : { name, text: statement };
}

function destroyOnThrow(stream: Socket): void {
  for (const listener of stream.listeners('data')) {
    stream.removeListener('data', listener as (chunk: Buffer) => void);
    stream.on('data', (chunk: Buffer) => {
      try {
        listener.call(stream, chunk);
      } catch (error) {
        stream.destroy(error as Error);
      }
    });
  }
}
