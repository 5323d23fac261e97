import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { ApiContext } from '../../api/context';
import { listQuery } from '../../api/openapi/list-schemas';
import { listRejectedGroups } from '../../store/directory/read-rejected-groups';
import { listRejectedRecords } from '../../store/directory/read-rejected-records';
import { type RejectedRecordFilter, rejectedRecordFilterSchema, stateOf } from '../../store/lists/filters';
import { getRun } from '../../store/runs/read-runs';
import { REJECTED_NOTICES, type RejectedNoticeName } from '../components/outcome-notice';
import { Rejected } from '../pages/rejected';
import { RejectedSelectionPage } from '../pages/rejected-selection';
import { sendPage } from '../render';
import { formQuery, noticeName } from './form';
import { serveRejectedForms } from './rejected-forms';

const PAGE_SIZE = 25;

const notice = noticeName(REJECTED_NOTICES).catch(undefined);

interface PageRequest {
  readonly query: RejectedRecordFilter;
  readonly cursor: string | undefined;
  readonly notice: RejectedNoticeName | undefined;
}

/** The rejected records, by person and fault; with `group` or `runId` one by one; and the forms that decide. */
export async function rejectedRecordRoute(root: FastifyInstance, context: ApiContext): Promise<void> {
  const app = root.withTypeProvider<ZodTypeProvider>();
  const querystring = formQuery(rejectedRecordFilterSchema.extend({ cursor: listQuery.cursor, notice }));
  app.get('/rejected-records', { schema: { querystring } }, async (request, reply) => {
    const { cursor, notice, ...query } = request.query;
    const isOne = query.group !== undefined || query.runId !== undefined;
    return (isOne ? showSelection : showGroups)(context, request, reply, { query, cursor, notice });
  });
  serveRejectedForms(app, context);
}

async function showGroups(
  { dataSource, cursors, partners }: ApiContext,
  request: FastifyRequest,
  reply: FastifyReply,
  { query, cursor }: PageRequest,
): Promise<FastifyReply> {
  const filter = { ...query, state: stateOf(query), limit: PAGE_SIZE };
  const page = await cursors.page(cursor, (cursor) => listRejectedGroups(dataSource, { ...filter, cursor }));
  return sendPage(
    request,
    reply,
    { title: 'Rejected records' },
    <Rejected url={request.url} query={query} page={page} partners={[...partners.keys()]} />,
  );
}

async function showSelection(
  { dataSource, cursors, partners }: ApiContext,
  request: FastifyRequest,
  reply: FastifyReply,
  { query, cursor, notice }: PageRequest,
): Promise<FastifyReply> {
  const { group } = query;
  const filter = { ...query, state: stateOf(query), limit: PAGE_SIZE };
  const [page, groups, run] = await Promise.all([
    cursors.page(cursor, (cursor) => listRejectedRecords(dataSource, { ...filter, cursor })),
    group === undefined ? null : listRejectedGroups(dataSource, { group, limit: 1 }),
    query.runId === undefined ? null : getRun(dataSource, query.runId),
  ]);
  const found = groups?.items[0] ?? null;
  return sendPage(
    request,
    reply,
    { title: found ? `Rejected: ${found.problem}` : 'Rejected records of a run' },
    <RejectedSelectionPage
      url={request.url}
      query={query}
      page={page}
      group={found}
      replayable={run?.answerKeptUntil ? run : null}
      partners={[...partners.keys()]}
      canOperate={request.role === 'operator'}
      notice={notice}
    />,
  );
}
