import type { Socket } from 'node:net';
import type { Client } from 'pg';

const READ_ONLY_SQL_TRANSACTION = '25006';

/**
 * Ends the connection when no byte has been sent or received for this many milliseconds. A server that disappears
 * (a pulled cable, a frozen host) cannot apply its own timeouts, and TCP would let the caller wait for a quarter of
 * an hour.
 */
export function endWhenSilentFor(client: Pick<Client, 'connection'>, milliseconds: number): void {
  const socket = client.connection.stream as Socket;
  socket.removeAllListeners('timeout');
  socket.setTimeout(milliseconds, () => {
    const error = new Error(`Postgres was silent for ${milliseconds / 1000} s`);
    socket.destroy(Object.assign(error, { code: 'ETIMEDOUT' }));
  });
}

/**
 * Ends the connection when the server refuses a write as read-only. After a failover such a connection still leads
 * to the demoted server. The pool would keep it as long as it is used, and so keep its caller's retries from the
 * new server.
 */
export function endWhenReadOnly(client: Pick<Client, 'connection' | 'end'>): void {
  client.connection.on('errorMessage', ({ code }: { code?: string }) => {
    if (code === READ_ONLY_SQL_TRANSACTION) void client.end();
  });
}
