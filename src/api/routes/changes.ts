import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { CHANGE_WORDS, changesInWords } from '../../contract/changes';
import {
  type ChangedProvider,
  countChanges,
  type DirectoryChange,
  listChanges,
} from '../../store/directory/read-changes';
import { changeFilterSchema } from '../../store/lists/filters';
import { streamList } from '../../store/lists/stream-list';
import type { ApiContext, ZodApp } from '../context';
import type { Headings } from '../http/csv-columns';
import { sendList } from '../http/send-list';
import { changeCountsSchema, directoryChangeSchema } from '../openapi/directory-change-schemas';
import { exportQuery, filterOf } from '../openapi/list-schemas';
import { listResponses, responses } from '../openapi/responses';

/** The cells of a change in CSV: the person in columns, and the changes also in words. */
interface Row extends DirectoryChange, Omit<ChangedProvider, 'id'> {
  readonly providerId: string;
  readonly summary: string;
}

const COLUMNS: Headings<Row> = {
  changedAt: 'When',
  kind: ['What happened', ({ kind }) => CHANGE_WORDS[kind]],
  summary: 'What changed',
  familyName: 'Family name',
  givenName: 'Given name',
  title: 'Title now',
  clinic: 'Clinic now',
  partner: 'Partner',
  providerId: 'Provider id',
  runId: 'Run id',
  changes: ['Changes as JSON', ({ changes }) => JSON.stringify(changes)],
};

const tags = ['Providers'];

/** `/api/v1/changes`: what all syncs changed in the whole directory. */
export async function changeRoutes(root: FastifyInstance, context: ApiContext): Promise<void> {
  const app = root.withTypeProvider<ZodTypeProvider>();
  serveChanges(app, context);
  serveCounts(app, context);
}

function serveChanges(app: ZodApp, { dataSource, cursors }: ApiContext): void {
  app.get(
    '/api/v1/changes',
    {
      schema: {
        tags,
        summary: 'List what changed in the directory, one item for each person and sync, the latest first',
        description:
          'Changes only in fields that partners.yaml does not name are not listed, unless `field=other`. New people have the time at which the partner sent them.',
        operationId: 'listChanges',
        querystring: changeFilterSchema.extend(exportQuery(COLUMNS)),
        response: listResponses(directoryChangeSchema),
      },
    },
    async (request, reply) => {
      const { limit, cursor } = request.query;
      const filter = filterOf(request.query);
      return sendList(request, reply, {
        name: 'changes',
        filter,
        schema: directoryChangeSchema,
        columns: COLUMNS,
        async page() {
          const page = await cursors.page(cursor, (cursor) =>
            listChanges(dataSource, { ...filter, limit, cursor }),
          );
          return { ...page, items: page.items.map(toRow) };
        },
        all: (signal) => rows(streamList(dataSource, listChanges, filter, { signal })),
      });
    },
  );
}

function serveCounts(app: ZodApp, { dataSource }: ApiContext): void {
  app.get(
    '/api/v1/changes/counts',
    {
      schema: {
        tags,
        summary: 'Count what changed in the directory, by kind',
        description: 'The counts are exact up to 10,000 of each kind.',
        operationId: 'countChanges',
        querystring: changeFilterSchema.omit({ kind: true }),
        response: responses({ 200: changeCountsSchema }),
      },
    },
    (request) => countChanges(dataSource, request.query),
  );
}

async function* rows(changes: AsyncIterable<DirectoryChange>): AsyncGenerator<Row> {
  for await (const change of changes) yield toRow(change);
}

/** The schema of the list leaves the additional cells out of JSON and NDJSON. */
function toRow(change: DirectoryChange): Row {
  const { id: providerId, ...provider } = change.provider;
  return { ...change, ...provider, providerId, summary: changesInWords(change.kind, change.changes) };
}
