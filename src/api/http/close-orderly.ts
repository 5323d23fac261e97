import type { FastifyInstance } from 'fastify';

/** Milliseconds that open requests have to finish after the process was asked to stop. */
const GRACE_MS = 5_000;
const LOOK_EVERY_MS = 100;

/** Lets open requests finish when the server closes. Connections close when idle, and all of them after the grace time. */
export function closeOrderly(app: FastifyInstance): void {
  app.addHook('preClose', async () => {
    const idle = setInterval(() => app.server.closeIdleConnections(), LOOK_EVERY_MS);
    const grace = setTimeout(() => app.server.closeAllConnections(), GRACE_MS);
    app.server.once('close', () => {
      clearInterval(idle);
      clearTimeout(grace);
    });
  });
}
