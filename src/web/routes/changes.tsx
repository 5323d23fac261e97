import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { ApiContext } from '../../api/context';
import { listQuery } from '../../api/openapi/list-schemas';
import { countChanges, listChanges } from '../../store/directory/read-changes';
import { listFacets } from '../../store/directory/read-facets';
import { changeFilterSchema } from '../../store/lists/filters';
import { getRun } from '../../store/runs/read-runs';
import { readCompleteUntil } from '../../store/runs/read-version';
import { periodOf, periodQuery } from '../changes-period';
import { filterOf } from '../changes-query';
import { PAGE_SIZE } from '../components/pager';
import { Changes } from '../pages/changes';

import { sendPage } from '../render';
import { lastVisit, rememberVisit } from '../visit';
import { formQuery } from './form';

/** The changes of the whole directory; with `run` those of one run. */
export async function changeRoutes(root: FastifyInstance, context: ApiContext): Promise<void> {
  const { dataSource, cursors, partners, http } = context;
  const querystring = formQuery(changeFilterSchema.extend({ ...periodQuery, cursor: listQuery.cursor }));
  root
    .withTypeProvider<ZodTypeProvider>()
    .get('/changes', { schema: { querystring } }, async (request, reply) => {
      const { cursor, ...query } = request.query;
      const { run, partner } = query;
      // A look at one run or at a later page is no look at the latest changes.
      const isVisit = run === undefined && cursor === undefined;
      const visitedUntil = isVisit
        ? rememberVisit(request, reply, await readCompleteUntil(dataSource), http.publicUrl)
        : lastVisit(request);
      const period = periodOf(query, run === undefined ? '7d' : 'all', visitedUntil);
      const filter = filterOf(query, period);
      const [page, counts, facets, ofRun] = await Promise.all([
        cursors.page(cursor, (cursor) => listChanges(dataSource, { ...filter, limit: PAGE_SIZE, cursor })),
        countChanges(dataSource, filter),
        listFacets(dataSource, partner === undefined ? {} : { partner }),
        run === undefined ? null : getRun(dataSource, run),
      ]);
      return sendPage(
        request,
        reply,
        { title: ofRun ? `Changes by a sync of ${ofRun.partner}` : 'Changes' },
        <Changes
          url={request.url}
          query={query}
          period={period}
          page={page}
          counts={counts}
          facets={facets}
          partners={[...partners.keys()]}
          run={ofRun}
          hasVisited={visitedUntil !== null}
        />,
      );
    });
}
