import type { Socket } from 'node:net';
import { Client } from 'pg';

/** What pg's connection has beyond its types: here it begins to read messages, also after a switch to TLS. */
interface MessageReader {
  attachListeners(stream: Socket): void;
}

/**
 * A client that ends its connection when the server breaks the protocol. pg throws such an error where only the
 * process could catch it, or waits for the rest of an answer that will not come.
 */
export class StoreClient extends Client {
  constructor(config?: ConstructorParameters<typeof Client>[0]) {
    super(config);
    const connection = this.connection as typeof this.connection & MessageReader;
    const attachListeners = connection.attachListeners.bind(connection);
    connection.attachListeners = (stream) => {
      attachListeners(stream);
      destroyOnThrow(stream);
    };
    connection.on('errorMessage', (error: Error & { code?: string }) => {
      // A server's own errors have an SQLSTATE; this one is about a message that pg does not know.
      if (error.code === undefined) connection.stream.destroy(error);
    });
  }
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
