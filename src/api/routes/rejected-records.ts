import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import {
  listRejectedGroups,
  type RejectedGroup,
  streamRejectedGroups,
} from '../../store/directory/read-rejected-groups';
import {
  listRejectedRecords,
  type StoredRejectedRecord,
  streamRejectedRecords,
} from '../../store/directory/read-rejected-records';
import { rejectedRecordFilterSchema, stateOf } from '../../store/lists/filters';
import type { ApiContext, ZodApp } from '../context';
import { sendList } from '../http/send-list';
import { listQuery } from '../openapi/list-schemas';
import { rejectedGroupSchema, rejectedRecordSchema } from '../openapi/rejected-record-schema';
import { listResponses } from '../openapi/responses';
import { serveRejectedDecisions } from './rejected-decisions';

const COLUMNS = [
  'createdAt',
  'partner',
  'runId',
  'record',
  'state',
  'givenName',
  'familyName',
  'reason',
  'field',
  'raw',
  'goneByRunId',
  'resolvedByRunId',
  'dismissedAt',
  'dismissedBy',
  'dismissedReason',
  'groupId',
] as const satisfies (keyof StoredRejectedRecord)[];

const GROUP_COLUMNS = [
  'partner',
  'problem',
  'count',
  'firstAt',
  'lastAt',
  'state',
  'presence',
  'givenName',
  'familyName',
  'reason',
  'field',
  'runId',
  'record',
  'raw',
  'providerIds',
  'id',
] as const satisfies (keyof RejectedGroup)[];

/** `/api/v1/rejected-records`: received records that could not be used. */
export async function rejectedRecordRoutes(root: FastifyInstance, context: ApiContext): Promise<void> {
  const app = root.withTypeProvider<ZodTypeProvider>();
  serveRejectedRecords(app, context);
  serveRejectedGroups(app, context);
  serveRejectedDecisions(app, context);
}

function serveRejectedRecords(app: ZodApp, { dataSource, cursors }: ApiContext): void {
  app.get(
    '/api/v1/rejected-records',
    {
      schema: {
        tags: ['Syncs'],
        summary: 'List records that could not be used, the latest first',
        operationId: 'listRejectedRecords',
        querystring: rejectedRecordFilterSchema.extend(listQuery),
        response: listResponses(rejectedRecordSchema),
      },
    },
    async (request, reply) => {
      const { limit, cursor, format: _format, ...query } = request.query;
      const filter = { ...query, state: stateOf(query) };
      return sendList(request, reply, {
        name: 'rejected-records',
        schema: rejectedRecordSchema,
        columns: COLUMNS,
        page: () =>
          cursors.page(cursor, (cursor) => listRejectedRecords(dataSource, { ...filter, limit, cursor })),
        all: (signal) => streamRejectedRecords(dataSource, filter, signal),
      });
    },
  );
}

function serveRejectedGroups(app: ZodApp, { dataSource, cursors }: ApiContext): void {
  app.get(
    '/api/v1/rejected-records/groups',
    {
      schema: {
        tags: ['Syncs'],
        summary: 'List rejected records grouped by person and fault, the group with the latest record first',
        operationId: 'listRejectedGroups',
        querystring: rejectedRecordFilterSchema.extend(listQuery),
        response: listResponses(rejectedGroupSchema),
      },
    },
    async (request, reply) => {
      const { limit, cursor, format: _format, ...query } = request.query;
      const filter = { ...query, state: stateOf(query) };
      return sendList(request, reply, {
        name: 'rejected-groups',
        schema: rejectedGroupSchema,
        columns: GROUP_COLUMNS,
        page: () =>
          cursors.page(cursor, (cursor) => listRejectedGroups(dataSource, { ...filter, limit, cursor })),
        all: (signal) => streamRejectedGroups(dataSource, filter, signal),
      });
    },
  );
}
