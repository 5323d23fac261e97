import { z } from 'zod';
import { DEFAULT_PARTNER } from '../../contract/names';
import { explainNotStarted, requestSync, type SyncNotStarted } from '../../operations/request-sync';
import { partnerName } from '../../store/lists/filters';
import type { ApiContext, ZodApp } from '../context';
import { ProblemError } from '../http/problem';
import { BODY_PROBLEMS, responses } from '../openapi/responses';
import { decisionSchema, runWithCallsSchema } from '../openapi/sync-schemas';

const headers = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x20-\x7e]{1,255}$/, 'has to be printable ASCII, at most 255 characters')
    .optional()
    .meta({ description: 'A key of your choice; requests with the same key start one sync' }),
});

const body = z
  .strictObject({
    partner: partnerName
      .optional()
      .meta({ description: 'The partner to sync; needed if partners.yaml has several' }),
    by: decisionSchema.shape.by,
  })
  .nullish()
  .meta({ examples: [{ partner: DEFAULT_PARTNER, by: 'zoe' }] });

/** `POST /api/v1/syncs`. */
export function serveStartSync(app: ZodApp, context: ApiContext): void {
  app.post(
    '/api/v1/syncs',
    {
      config: { access: 'operator' },
      schema: {
        tags: ['Syncs'],
        summary: 'Start a sync',
        description:
          'Answers at once; `Location` is the address of the sync. If two syncs of a partner are requested at the same moment, the later one ends as `skipped`. A repeated request with the same `Idempotency-Key` starts nothing and answers with the first sync.',
        operationId: 'startSync',
        headers,
        body,
        response: responses({ 202: runWithCallsSchema }, 409, 422, ...BODY_PROBLEMS),
      },
    },
    async (request, reply) => {
      const requested = await requestSync(context, {
        partner: request.body?.partner,
        trigger: 'api',
        startedBy: request.body?.by,
        requestId: request.id,
        idempotencyKey: request.headers['idempotency-key'],
      });
      if (requested.outcome !== 'started') throw problemOf(requested);
      return reply.code(202).header('Location', locationOf(requested.run.workflowId)).send(requested.run);
    },
  );
}

export function problemOf(notStarted: SyncNotStarted): ProblemError {
  const detail = explainNotStarted(notStarted);
  switch (notStarted.outcome) {
    case 'busy':
      return new ProblemError(409, detail, { instance: locationOf(notStarted.runId) });
    case 'unknown partner':
      return new ProblemError(422, detail, { type: 'UnknownPartner' });
    case 'no answer':
      return new ProblemError(409, detail, { type: 'AnswerUnavailable' });
    case 'no partner named':
      return new ProblemError(422, detail, { type: 'InvalidInput' });
    case 'other use':
      return new ProblemError(422, detail);
  }
}

/**
 * The address of a sync.
 *
 * @param id our id of the sync or its workflow ID
 */
export function locationOf(id: string): string {
  return `/api/v1/syncs/${encodeURIComponent(id)}`;
}
