import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { ApiContext } from '../../api/context';
import { listQuery } from '../../api/openapi/list-schemas';
import { listRejectedRecords } from '../../store/directory/read-rejected-records';
import { rejectedRecordFilterSchema, stateOf } from '../../store/lists/filters';
import { Rejected } from '../pages/rejected';
import { sendPage } from '../render';
import { formQuery } from './form';

const PAGE_SIZE = 25;

/** The list of rejected records. */
export async function rejectedRecordRoute(root: FastifyInstance, context: ApiContext): Promise<void> {
  const { dataSource, cursors, partners } = context;
  const app = root.withTypeProvider<ZodTypeProvider>();

  app.get(
    '/rejected-records',
    { schema: { querystring: formQuery(rejectedRecordFilterSchema.extend({ cursor: listQuery.cursor })) } },
    async (request, reply) => {
      const { cursor, ...query } = request.query;
      const page = await cursors.page(cursor, (cursor) =>
        listRejectedRecords(dataSource, { ...query, state: stateOf(query), limit: PAGE_SIZE, cursor }),
      );
      return sendPage(
        request,
        reply,
        { title: 'Rejected records' },
        <Rejected url={request.url} query={query} page={page} partners={[...partners.keys()]} />,
      );
    },
  );
}
