import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { render } from 'preact-render-to-string';
import { z } from 'zod';
import type { ApiContext, ZodApp } from '../../api/context';
import { listQuery } from '../../api/openapi/list-schemas';
import { providerQuery } from '../../api/openapi/provider-schemas';
import { readStalePartners } from '../../operations/freshness/read-stale-partners';
import { shareReading } from '../../operations/share-reading';
import { countProviders } from '../../store/directory/count-providers';
import { findClinics, listFacets } from '../../store/directory/read-facets';
import { readLetters } from '../../store/directory/read-letters';
import { searchProviders } from '../../store/directory/suggest-searches';
import { statusOf } from '../../store/lists/filters';
import { ClinicOptions } from '../components/clinic-input';
import { PAGE_SIZE } from '../components/pager';
import { Providers, type ProvidersQuery } from '../pages/providers';
import { sendPage } from '../render';
import { formQuery } from './form';

const { cursor } = listQuery;
/** The number of the first item of a page. A cursor does not say it. */
const from = z.coerce.number().int().min(1).max(1e9).optional();
/** Clinics that are offered for what a reader has typed. */
const MAX_CLINICS = 20;

/** The list of providers. */
export async function providerRoutes(root: FastifyInstance, context: ApiContext): Promise<void> {
  const app = root.withTypeProvider<ZodTypeProvider>();
  serveProviders(app, context);
  serveClinics(app, context);
}

function serveProviders(app: ZodApp, context: ApiContext): void {
  const { dataSource, cursors, partners } = context;
  const read = shareReading(async (query: ProvidersQuery, cursor: string | undefined) => {
    const { partner, clinic } = query;
    const { listed: _, ...filter } = { ...query, status: statusOf(query) };
    const [page, count, facets, letters, total, stale] = await Promise.all([
      cursors.page(cursor, (cursor) => searchProviders(dataSource, { ...filter, limit: PAGE_SIZE, cursor })),
      countProviders(dataSource, filter),
      listFacets(dataSource, { partner }),
      readLetters(dataSource, { partner }),
      countProviders(dataSource, { status: 'present' }),
      readStalePartners(context, partner),
    ]);
    const clinics =
      page.items.length === 0 && clinic !== undefined
        ? await findClinics(dataSource, { partner, words: clinic, limit: MAX_CLINICS })
        : [];
    return { page, count, facets, letters, total, stale, clinics };
  });

  app.get(
    '/providers',
    { schema: { querystring: formQuery(providerQuery.extend({ cursor, from })) } },
    async (request, reply) => {
      const { cursor, from = 1, ...query } = request.query;
      const { page, count, facets, letters, total, stale, clinics } = await read(query, cursor);
      return sendPage(
        request,
        reply,
        { title: 'Providers' },
        <Providers
          url={request.url}
          query={query}
          page={page}
          position={{ from, shown: page.items.length, ...count }}
          facets={facets}
          letters={letters}
          similarClinics={clinics.map(({ value }) => value).filter((clinic) => clinic !== query.clinic)}
          partners={[...partners.keys()]}
          stale={stale}
          total={total.count}
        />,
      );
    },
  );
}

/** The clinics that match what a reader types, as the options of the field. */
function serveClinics(app: ZodApp, { dataSource }: ApiContext): void {
  const { clinic, partner } = providerQuery.shape;
  app.get(
    '/providers/clinics',
    { schema: { querystring: formQuery(z.object({ clinic, partner })) } },
    async (request, reply) => {
      const { clinic: words = '', partner } = request.query;
      const clinics = await findClinics(dataSource, { partner, words, limit: MAX_CLINICS });
      return reply.type('text/html; charset=utf-8').send(render(<ClinicOptions clinics={clinics} />));
    },
  );
}
