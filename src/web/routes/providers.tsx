import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ApiContext, ZodApp } from '../../api/context';
import { ProblemError } from '../../api/http/problem';
import { listQuery } from '../../api/openapi/list-schemas';
import { providerIdParams, providerQuery } from '../../api/openapi/provider-schemas';
import { listFacets } from '../../store/directory/read-facets';
import { listProviderChanges } from '../../store/directory/read-provider-history';
import { findPossibleSamePersons, getProvider } from '../../store/directory/read-providers';
import { readStats } from '../../store/directory/read-stats';
import { searchProviders } from '../../store/directory/suggest-searches';
import { statusOf } from '../../store/lists/filters';
import { ProviderPage } from '../pages/provider';
import { Providers } from '../pages/providers';
import { sendPage } from '../render';
import { formQuery } from './form';

const PAGE_SIZE = 50;
const { cursor } = listQuery;

/** The list of providers, and the page of one. */
export async function providerRoutes(root: FastifyInstance, context: ApiContext): Promise<void> {
  const app = root.withTypeProvider<ZodTypeProvider>();
  serveProviders(app, context);
  serveProvider(app, context);
}

function serveProviders(app: ZodApp, { dataSource, cursors, partners }: ApiContext): void {
  app.get(
    '/providers',
    { schema: { querystring: formQuery(providerQuery.extend({ cursor })) } },
    async (request, reply) => {
      const { cursor, ...query } = request.query;
      const [page, facets, stats] = await Promise.all([
        cursors.page(cursor, (cursor) =>
          searchProviders(dataSource, { ...query, status: statusOf(query), limit: PAGE_SIZE, cursor }),
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
          partners={[...partners.keys()]}
          total={total}
        />,
      );
    },
  );
}

function serveProvider(app: ZodApp, { dataSource, cursors }: ApiContext): void {
  app.get(
    '/providers/:id',
    { schema: { params: providerIdParams, querystring: formQuery(z.object({ cursor })) } },
    async (request, reply) => {
      const { id } = request.params;
      const provider = await getProvider(dataSource, id);
      if (!provider) {
        throw new ProblemError(
          404,
          'There is no provider at this address. It may belong to another directory.',
        );
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
}
