import fastify, { type FastifyError, LogController } from 'fastify';
import type { Logger } from '../process/logger';
import { type CodecOptions, codecRoutes } from './codec';
import { sendProblem } from './problem';

const HOST = '127.0.0.1';

export interface ApiServer {
  /** Without a slash at the end. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the HTTP API on the loopback address. */
export async function startApi({
  port,
  log,
  codec,
}: {
  readonly port: number;
  readonly log: Logger;
  readonly codec: CodecOptions;
}): Promise<ApiServer> {
  const app = fastify({
    loggerInstance: log.child({ component: 'api' }, { level: 'warn' }),
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
  });
  app.setNotFoundHandler((request, reply) =>
    sendProblem(reply, 404, `There is nothing at ${request.method} ${request.url}.`),
  );
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) request.log.error({ err: error }, 'A request failed');
    return sendProblem(reply, status, status >= 500 ? 'Something failed here.' : error.message);
  });
  await app.register(codecRoutes, codec);
  return { url: await app.listen({ host: HOST, port }), close: () => app.close() };
}
