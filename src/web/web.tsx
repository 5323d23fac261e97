import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ApiContext } from '../api/context';
import type { Pages } from '../api/http/face';
import { type Problem, sendProblem } from '../api/http/problem';
import { assetRoutes, ICON } from './assets';
import { eventRoutes } from './events';
import { ProblemPage } from './pages/problem';
import { problemInWords } from './problem-in-words';
import { sendPage, wantsPage } from './render';
import { approvalRoutes } from './routes/approvals';
import { changeRoutes } from './routes/changes';
import { compareRunsRoute } from './routes/compare-runs';
import { erasureRoutes } from './routes/erasures';
import { leadToLogin, loginRoutes } from './routes/login';
import { overviewRoutes } from './routes/overview';
import { partnerRoutes } from './routes/partners';
import { providerRoute } from './routes/provider';
import { providerRoutes } from './routes/providers';
import { rejectedRecordRoute } from './routes/rejected-records';
import { runRoute } from './routes/run';
import { runRoutes } from './routes/runs';
import { webhookRoutes } from './routes/webhooks';
import { workerRoutes } from './routes/workers';

/** Seconds after which a browser without scripts loads a page again that waits for a service. */
const RETRY_AFTER_S = 5;

/** The pages, for {@link createApp}. Programs that ask for other paths get problems as JSON. */
export const WEB: Pages = {
  prefix: '',
  icon: ICON,
  async register(app: FastifyInstance, context: ApiContext): Promise<void> {
    await app.register(formbody);
    await app.register(assetRoutes);
    await app.register(eventRoutes, context);
    await app.register(loginRoutes, context);
    await app.register(overviewRoutes, context);
    await app.register(providerRoutes, context);
    await app.register(changeRoutes, context);
    await app.register(providerRoute, context);
    await app.register(rejectedRecordRoute, context);
    await app.register(compareRunsRoute, context);
    await app.register(runRoutes, context);
    await app.register(runRoute, context);
    await app.register(approvalRoutes, context);
    await app.register(partnerRoutes, context);
    await app.register(workerRoutes, context);
    await app.register(webhookRoutes, context);
    await app.register(erasureRoutes, context);
  },
  sendProblem(reply: FastifyReply, problem: Problem, request: FastifyRequest | null): FastifyReply {
    if (!request || !wantsPage(request)) return sendProblem(reply, problem);
    const { status } = problem;
    const words = problemInWords(problem, request);
    const refresh = words.waitsFor
      ? { refresh: RETRY_AFTER_S, ...(words.back && { refreshTo: words.back }) }
      : {};
    const page = <ProblemPage {...words} status={status} requestId={request.id} />;
    return sendPage(request, reply, { title: words.title, status, ...refresh }, page);
  },
  leadToLogin,
};
