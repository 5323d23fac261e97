import type { Client } from 'pg';

const READ_ONLY_SQL_TRANSACTION = '25006';

/**
 * Ends the connection when the server turns a write away as read-only. After a failover such a connection
 * still goes to the server that was demoted; the pool would keep it for as long as it is used, and with it
 * its caller's retries from the new one.
 */
export function endWhenReadOnly(client: Pick<Client, 'connection' | 'end'>): void {
  client.connection.on('errorMessage', ({ code }: { code?: string }) => {
    if (code === READ_ONLY_SQL_TRANSACTION) void client.end();
  });
}
