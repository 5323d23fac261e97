import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ApiContext } from '../api/context';
import type { Pages } from '../api/http/face';
import { assetRoutes } from './assets';
import { eventRoutes } from './events';
import { ProblemPage } from './pages/problem';
import { sendPage } from './render';
import { approvalRoutes } from './routes/approvals';
import { directoryRoutes } from './routes/directory';
import { loginRoutes } from './routes/login';
import { overviewRoutes } from './routes/overview';
import { partnerRoutes } from './routes/partners';
import { runRoutes } from './routes/runs';

/** The pages, for {@link createApp}. */
export const WEB: Pages = {
  async register(app: FastifyInstance, context: ApiContext): Promise<void> {
    await app.register(formbody);
    await app.register(assetRoutes);
    await app.register(eventRoutes, context);
    await app.register(loginRoutes, context);
    await app.register(overviewRoutes, context);
    await app.register(directoryRoutes, context);
    await app.register(runRoutes, context);
    await app.register(approvalRoutes, context);
    await app.register(partnerRoutes, context);
  },
  sendProblem(request: FastifyRequest, reply: FastifyReply, { status, title, detail }): FastifyReply {
    const page = <ProblemPage status={status} title={title} detail={detail} requestId={request.id} />;
    return sendPage(request, reply, { title, status }, page);
  },
};
