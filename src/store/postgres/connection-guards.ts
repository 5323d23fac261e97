import type { Socket } from 'node:net';
import type { Client } from 'pg';

/** SQLSTATEs after which every further use of the connection could fail in the same way. */
const UNUSABLE: ReadonlySet<string | undefined> = new Set([
  // The server refuses a write as read-only. After a failover the connection still leads to the demoted server.
  '25006',
  // A statement whose plan the connection keeps returns other types since a migration.
  '0A000',
  // The server does not know such a statement any more.
  '26000',
]);

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
 * Ends the connection after an error that shows that only a new one can work. The pool would keep the connection as long
 * as it is used, and its caller's retries would fail again and again.
 */
export function endWhenUnusable(client: Pick<Client, 'connection' | 'end'>): void {
  client.connection.on('errorMessage', ({ code }: { code?: string }) => {
    if (UNUSABLE.has(code)) void client.end();
  });
}
