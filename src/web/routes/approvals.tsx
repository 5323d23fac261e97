import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ApiContext } from '../../api/context';
import { listQuery } from '../../api/openapi/list-schemas';
import { decisionSchema, syncIdParams } from '../../api/openapi/sync-schemas';
import { findSyncOrFail } from '../../api/routes/find-sync-or-fail';
import { DECISION_UPDATES } from '../../contract/approval';
import { decideSnapshot } from '../../operations/decide-snapshot';
import { UNNAMED_OPERATOR } from '../../operations/unnamed-operator';
import { listDepartingProviders } from '../../store/directory/read-providers';
import { linkRun } from '../../store/runs/link-run';
import { Departing } from '../pages/departing';
import { sendPage } from '../render';
import { formQuery } from './form';

const PAGE_SIZE = 50;

/** The providers that a held snapshot would mark as left, and the form that approves or rejects it. */
export async function approvalRoutes(root: FastifyInstance, context: ApiContext): Promise<void> {
  const app = root.withTypeProvider<ZodTypeProvider>();
  app.get(
    '/runs/:id/departing',
    { schema: { params: syncIdParams, querystring: formQuery(z.object({ cursor: listQuery.cursor })) } },
    async (request, reply) => {
      const run = await findSyncOrFail(context, request.params.id);
      const page = await context.cursors.page(request.query.cursor, (cursor) =>
        listDepartingProviders(context.dataSource, { runId: run.id, limit: PAGE_SIZE, cursor }),
      );
      const title = `Who would be marked as left by the sync of ${run.partner}`;
      return sendPage(request, reply, { title }, <Departing url={request.url} run={run} page={page} />);
    },
  );

  for (const verdict of ['approved', 'rejected'] as const) {
    app.post(
      `/runs/:id/${DECISION_UPDATES[verdict]}`,
      {
        config: { access: 'operator' },
        schema: { params: syncIdParams, body: formQuery(decisionSchema) },
      },
      async (request, reply) => {
        const run = await findSyncOrFail(context, request.params.id);
        linkRun(run);
        const decision = { verdict, by: UNNAMED_OPERATOR.web, ...request.body };
        const { outcome } = await decideSnapshot(context.client, run, decision);
        return reply.redirect(`/runs/${run.id}?notice=${outcome.replaceAll(' ', '-')}`, 303);
      },
    );
  }
}
