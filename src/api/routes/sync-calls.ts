import { z } from 'zod';
import { streamList } from '../../store/lists/stream-list';
import { CALL_LABELS, listCalls, type RecordedCall } from '../../store/runs/read-calls';
import type { ApiContext, ZodApp } from '../context';
import type { Headings } from '../http/csv-columns';
import { sendList } from '../http/send-list';
import { callSchema } from '../openapi/call-schemas';
import { exportQuery } from '../openapi/list-schemas';
import { listResponses, responses } from '../openapi/responses';
import { syncIdParams } from '../openapi/sync-schemas';
import { findSyncOrFail } from './find-sync-or-fail';

const COLUMNS: Headings<RecordedCall> = {
  startedAt: 'Called',
  endpoint: ['Call', ({ endpoint }) => CALL_LABELS[endpoint]],
  page: 'Page',
  attempt: 'Attempt',
  outcome: ['Outcome', ({ outcome }) => (outcome === 'ok' ? 'answered' : outcome)],
  detail: 'What was wrong',
  tookMs: 'Milliseconds',
  httpStatus: 'HTTP status',
  bytes: 'Bytes',
  scheduledAt: 'Scheduled',
};

/** `/api/v1/syncs/:id/calls`: every call of a sync to the partner. */
export function serveSyncCalls(app: ZodApp, context: ApiContext): void {
  app.get(
    '/api/v1/syncs/:id/calls',
    {
      schema: {
        tags: ['Syncs'],
        summary: 'List every call of a sync to the partner, in order',
        operationId: 'listSyncCalls',
        params: syncIdParams,
        querystring: z.object(exportQuery(COLUMNS)),
        response: { ...responses({}, 404), ...listResponses(callSchema) },
      },
    },
    async (request, reply) => {
      const { id: runId } = await findSyncOrFail(context, request.params.id);
      const { limit, cursor } = request.query;
      const { dataSource, cursors } = context;
      return sendList(request, reply, {
        name: 'calls',
        filter: { runId },
        schema: callSchema,
        columns: COLUMNS,
        page: () => cursors.page(cursor, (cursor) => listCalls(dataSource, { runId, limit, cursor })),
        all: (signal) => streamList(dataSource, listCalls, { runId }, { signal }),
      });
    },
  );
}
