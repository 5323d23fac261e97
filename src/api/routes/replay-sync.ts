import { requestReplay } from '../../operations/request-replay';
import type { ApiContext, ZodApp } from '../context';
import { BODY_PROBLEMS, responses } from '../openapi/responses';
import { decisionSchema, runWithCallsSchema, syncIdParams } from '../openapi/sync-schemas';
import { findSyncOrFail } from './find-sync-or-fail';
import { locationOf, problemOf } from './start-sync';

const body = decisionSchema
  .pick({ by: true })
  .nullish()
  .meta({ examples: [{ by: 'zoe' }] });

/** `POST /api/v1/syncs/:id/replay`. */
export function serveReplaySync(app: ZodApp, context: ApiContext): void {
  app.post(
    '/api/v1/syncs/:id/replay',
    {
      config: { access: 'operator' },
      schema: {
        tags: ['Syncs'],
        summary: 'Check and store the answer of a sync again',
        description:
          "Starts a sync with the trigger `replay`. It reads the kept answer as today's partners.yaml says, and makes no call to the partner. Answers at once; `Location` is the address of the new sync.",
        operationId: 'replaySync',
        params: syncIdParams,
        body,
        response: responses({ 202: runWithCallsSchema }, 404, 409, 422, ...BODY_PROBLEMS),
      },
    },
    async (request, reply) => {
      const run = await findSyncOrFail(context, request.params.id);
      const requested = await requestReplay(context, run, {
        trigger: 'api',
        startedBy: request.body?.by,
        requestId: request.id,
      });
      if (requested.outcome !== 'started') throw problemOf(requested);
      return reply.code(202).header('Location', locationOf(requested.run.workflowId)).send(requested.run);
    },
  );
}
