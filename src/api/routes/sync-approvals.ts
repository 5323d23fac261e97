import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { DECISION_UPDATES, type OperatorVerdict } from '../../contract/approval';
import { decideSnapshot, explainUndecided } from '../../operations/decide-snapshot';
import { listDepartingProviders } from '../../store/directory/read-providers';
import type { ApiContext } from '../context';
import { CursorSeal } from '../http/cursor-seal';
import { ProblemError } from '../http/problem';
import { BODY_PROBLEMS, responses } from '../openapi/responses';
import {
  decisionSchema,
  listQuery,
  pageOf,
  providerSchema,
  runIdParams,
  runWithCallsSchema,
} from '../openapi/schemas';
import { findSyncOrFail, locationOf } from './syncs';

const tags = ['Syncs'];
const DECIDED_BY = 'an operator (API)';

const DECISIONS: Record<OperatorVerdict, { readonly summary: string; readonly description: string }> = {
  approved: {
    summary: 'Approve the snapshot that a sync holds back',
    description:
      'The sync then applies it, and marks as left whom `/departing-providers` lists. Approving twice changes nothing.',
  },
  rejected: {
    summary: 'Reject the snapshot that a sync holds back',
    description:
      'The sync then fails as `SnapshotRejected`, and the directory stays as it is. Rejecting twice changes nothing.',
  },
};

/** Below `/api/v1/syncs/:id`: who would be marked as left by a snapshot that is held back, and the decision. */
export async function syncApprovalRoutes(root: FastifyInstance, context: ApiContext): Promise<void> {
  const app = root.withTypeProvider<ZodTypeProvider>();
  const cursors = new CursorSeal(context.temporal.payloadKeys);

  app.get(
    '/api/v1/syncs/:id/departing-providers',
    {
      schema: {
        tags,
        summary: 'Who would be marked as left if the snapshot is approved',
        description: 'Empty where the sync does not wait for an approval.',
        operationId: 'listSyncDepartingProviders',
        params: runIdParams,
        querystring: z.object({ limit: listQuery.limit, cursor: listQuery.cursor }),
        response: responses({ 200: pageOf(providerSchema) }, 404),
      },
    },
    async (request) => {
      const { id: runId } = await findSyncOrFail(context, request.params.id);
      const { limit, cursor } = request.query;
      return cursors.page(cursor, (cursor) =>
        listDepartingProviders(context.dataSource, { runId, limit, cursor }),
      );
    },
  );

  for (const verdict of ['approved', 'rejected'] as const) {
    const name = DECISION_UPDATES[verdict];
    app.post(
      `/api/v1/syncs/:id/${name}`,
      {
        config: { access: 'operator' },
        schema: {
          tags,
          ...DECISIONS[verdict],
          operationId: `${name}Sync`,
          params: runIdParams,
          body: decisionSchema.nullish().meta({ examples: [{ by: 'zoe', reason: 'Asked the partner' }] }),
          response: responses({ 202: runWithCallsSchema }, 404, 409, ...BODY_PROBLEMS),
        },
      },
      async (request, reply) => {
        const run = await findSyncOrFail(context, request.params.id);
        const decision = { verdict, by: DECIDED_BY, ...request.body };
        const decided = await decideSnapshot(context.client, run, decision);
        const instance = locationOf(run.id);
        if (decided.outcome !== 'decided') {
          const status = decided.outcome === 'not taken' ? 503 : 409;
          throw new ProblemError(status, explainUndecided(decided), { instance });
        }
        const approval = run.approval && { ...run.approval, decision: decided.decision };
        return reply
          .code(202)
          .header('Location', instance)
          .send({ ...run, approval });
      },
    );
  }
}
