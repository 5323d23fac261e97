import type { FastifyInstance } from 'fastify';

/** Milliseconds for requests under way when the process is told to stop. */
const GRACE_MS = 5_000;
const LOOK_EVERY_MS = 100;

/** Lets requests under way end when the server closes; connections end with them, the last ones after a while. */
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
