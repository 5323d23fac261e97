import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ApiContext } from '../../api/context';
import { CursorSeal } from '../../api/http/cursor-seal';
import { ProblemError } from '../../api/http/problem';
import { listQuery } from '../../api/openapi/list-schemas';
import { providerIdParams, providerQuery } from '../../api/openapi/provider-schemas';
import { listFacets } from '../../store/directory/read-facets';
import { listProviderChanges } from '../../store/directory/read-provider-history';
import { findPossibleSamePersons, getProvider, listProviders } from '../../store/directory/read-providers';
import { listRejectedRecords } from '../../store/directory/read-rejected-records';
import { readStats } from '../../store/directory/read-stats';
import { rejectedRecordFilterSchema, statusOf } from '../../store/lists/filters';
import { ProviderPage } from '../pages/provider';
import { Providers } from '../pages/providers';
import { Rejected } from '../pages/rejected';
import { sendPage } from '../render';
import { formQuery } from './form';

const PAGE_SIZE = 50;
const REJECTED_PAGE_SIZE = 25;
const { cursor } = listQuery;

/** Who is in the directory, and what did not get into it. */
export async function directoryRoutes(root: FastifyInstance, context: ApiContext): Promise<void> {
  const app = root.withTypeProvider<ZodTypeProvider>();
  const { dataSource, partners, temporal } = context;
  const cursors = new CursorSeal(temporal.payloadKeys);
  const names = [...partners.keys()];

  app.get(
    '/providers',
    { schema: { querystring: formQuery(providerQuery.extend({ cursor })) } },
    async (request, reply) => {
      const { cursor, ...query } = request.query;
      const [page, facets, stats] = await Promise.all([
        cursors.page(cursor, (cursor) =>
          listProviders(dataSource, { ...query, status: statusOf(query), limit: PAGE_SIZE, cursor }),
        ),
        listFacets(dataSource, query.partner === undefined ? {} : { partner: query.partner }),
        readStats(dataSource),
      ]);
      const total = stats.reduce((sum, { providers }) => sum + providers.listed, 0);
      return sendPage(
        request,
        reply,
        { title: 'Providers' },
        <Providers
          url={request.url}
          query={query}
          page={page}
          facets={facets}
          partners={names}
          total={total}
        />,
      );
    },
  );

  app.get(
    '/providers/:id',
    { schema: { params: providerIdParams, querystring: formQuery(z.object({ cursor })) } },
    async (request, reply) => {
      const { id } = request.params;
      const provider = await getProvider(dataSource, id);
      if (!provider) {
        throw new ProblemError(404, 'There is no provider at this address. It may be of another directory.');
      }
      const [changes, others] = await Promise.all([
        cursors.page(request.query.cursor, (cursor) =>
          listProviderChanges(dataSource, { providerId: id, limit: PAGE_SIZE, cursor }),
        ),
        findPossibleSamePersons(dataSource, id),
      ]);
      return sendPage(
        request,
        reply,
        { title: `${provider.givenName} ${provider.familyName}` },
        <ProviderPage url={request.url} provider={provider} changes={changes} others={others} />,
      );
    },
  );

  app.get(
    '/rejected-records',
    { schema: { querystring: formQuery(rejectedRecordFilterSchema.extend({ cursor })) } },
    async (request, reply) => {
      const { cursor, ...query } = request.query;
      const page = await cursors.page(cursor, (cursor) =>
        listRejectedRecords(dataSource, { ...query, limit: REJECTED_PAGE_SIZE, cursor }),
      );
      return sendPage(
        request,
        reply,
        { title: 'Rejected records' },
        <Rejected url={request.url} query={query} page={page} partners={names} />,
      );
    },
  );
}
