import type { FastifyInstance } from 'fastify';
import type { ApiContext } from '../context';
import type { Face } from '../http/face';
import { sendProblem } from '../http/problem';
import { registerStrictly } from '../http/register-strictly';
import { changeRoutes } from './changes';
import { codecRoutes } from './codec/codec-routes';
import { erasureRoutes } from './erasures';
import { healthRoutes } from './health';
import { metricsRoutes } from './metrics';
import { partnerRoutes } from './partners';
import { providerRoutes } from './providers';
import { rejectedRecordRoutes } from './rejected-records';
import { statsRoutes } from './stats';
import { syncRoutes } from './syncs';
import { webhookRoutes } from './webhooks';
import { workerRoutes } from './workers';

const PREFIX = '/api';
const ROUTES = [
  healthRoutes,
  metricsRoutes,
  codecRoutes,
  providerRoutes,
  changeRoutes,
  syncRoutes,
  partnerRoutes,
  rejectedRecordRoutes,
  statsRoutes,
  workerRoutes,
  webhookRoutes,
  erasureRoutes,
];

/** JSON for programs, and the routes for operators' tools beside it: health, metrics and Temporal's codec. */
export const JSON_API: Face = {
  prefix: PREFIX,
  async register(app: FastifyInstance, context: ApiContext): Promise<void> {
    await registerStrictly(app, PREFIX, async () => {
      for (const routes of ROUTES) await app.register(routes, context);
    });
  },
  sendProblem,
};
