import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { explainPresence, explainProblem } from '../../contract/rejected';
import { listRejectedGroups, type RejectedGroup } from '../../store/directory/read-rejected-groups';
import {
  listRejectedRecords,
  RAW_PAGE,
  type StoredRejectedRecord,
} from '../../store/directory/read-rejected-records';
import { rejectedRecordFilterSchema, stateOf } from '../../store/lists/filters';
import { streamList } from '../../store/lists/stream-list';
import type { ApiContext, ZodApp } from '../context';
import type { Headings } from '../http/csv-columns';
import { sendList } from '../http/send-list';
import { exportQuery, filterOf } from '../openapi/list-schemas';
import { rejectedGroupSchema, rejectedRecordSchema } from '../openapi/rejected-record-schema';
import { listResponses } from '../openapi/responses';
import { serveRejectedDecisions } from './rejected-decisions';

const COLUMNS: Headings<StoredRejectedRecord> = {
  createdAt: 'Received',
  partner: 'Partner',
  runId: 'Run id',
  record: 'Record number',
  state: 'State',
  givenName: 'Given name',
  familyName: 'Family name',
  reason: ['Problem', explainProblem],
  field: 'Field',
  raw: 'Record as received',
  goneByRunId: 'Gone by run id',
  resolvedByRunId: 'Resolved by run id',
  dismissedAt: 'Dismissed',
  dismissedBy: 'Dismissed by',
  dismissedReason: 'Reason of dismissal',
  groupId: 'Group id',
};

const GROUP_COLUMNS: Headings<RejectedGroup> = {
  partner: 'Partner',
  problem: 'Problem',
  count: 'Times received',
  firstAt: 'First received',
  lastAt: 'Last received',
  state: 'State',
  presence: ['In the directory', ({ presence }) => explainPresence(presence)],
  givenName: 'Given name',
  familyName: 'Family name',
  reason: 'Reason',
  field: 'Field',
  runId: 'Last run id',
  record: 'Record number in the last run',
  raw: 'Last record as received',
  providerIds: 'Provider ids',
  id: 'Id',
};

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
        querystring: rejectedRecordFilterSchema.extend(exportQuery(COLUMNS)),
        response: listResponses(rejectedRecordSchema),
      },
    },
    async (request, reply) => {
      const { limit, cursor } = request.query;
      const query = filterOf(request.query);
      const filter = { ...query, state: stateOf(query) };
      return sendList(request, reply, {
        name: 'rejected-records',
        filter: query,
        schema: rejectedRecordSchema,
        columns: COLUMNS,
        page: () =>
          cursors.page(cursor, (cursor) => listRejectedRecords(dataSource, { ...filter, limit, cursor })),
        all: (signal) => streamList(dataSource, listRejectedRecords, filter, { signal, pageSize: RAW_PAGE }),
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
        querystring: rejectedRecordFilterSchema.extend(exportQuery(GROUP_COLUMNS)),
        response: listResponses(rejectedGroupSchema),
      },
    },
    async (request, reply) => {
      const { limit, cursor } = request.query;
      const query = filterOf(request.query);
      const filter = { ...query, state: stateOf(query) };
      return sendList(request, reply, {
        name: 'rejected-groups',
        filter: query,
        schema: rejectedGroupSchema,
        columns: GROUP_COLUMNS,
        page: () =>
          cursors.page(cursor, (cursor) => listRejectedGroups(dataSource, { ...filter, limit, cursor })),
        all: (signal) => streamList(dataSource, listRejectedGroups, filter, { signal, pageSize: RAW_PAGE }),
      });
    },
  );
}
