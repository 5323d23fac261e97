import type { Socket } from 'node:net';
import type { Client } from 'pg';

/**
 * Ends the connection once nothing has come or gone for so many milliseconds. A server that is gone
 * without a word (a pulled cable, a frozen host) cannot keep its own timeouts, and TCP would leave its
 * caller waiting for a quarter of an hour.
 */
export function endWhenSilentFor(client: Pick<Client, 'connection'>, milliseconds: number): void {
  const socket = client.connection.stream as Socket;
  socket.removeAllListeners('timeout');
  socket.setTimeout(milliseconds, () => {
    const error = new Error(`Postgres gave no sign of life for ${milliseconds / 1000} s`);
    socket.destroy(Object.assign(error, { code: 'ETIMEDOUT' }));
  });
}
