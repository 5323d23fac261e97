import type { FastifyInstance } from 'fastify';
import { TIMEOUTS } from '../../contract/timeouts';

const LOOK_EVERY_MS = 100;

/** Lets open requests finish when the server closes. Connections close when idle, and all of them after the grace time. */
export function closeOrderly(app: FastifyInstance): void {
  app.addHook('preClose', async () => {
    const idle = setInterval(() => app.server.closeIdleConnections(), LOOK_EVERY_MS);
    const grace = setTimeout(() => app.server.closeAllConnections(), TIMEOUTS.openRequests);
    app.server.once('close', () => {
      clearInterval(idle);
      clearTimeout(grace);
    });
  });
}
