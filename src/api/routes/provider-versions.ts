import { listProviderVersions } from '../../store/directory/read-provider-versions';
import type { ApiContext, ZodApp } from '../context';
import { ProblemError } from '../http/problem';
import { pageOf, pageQuery } from '../openapi/list-schemas';
import { NO_PROVIDER, providerIdParams } from '../openapi/provider-schemas';
import { providerVersionSchema } from '../openapi/provider-version-schema';
import { responses } from '../openapi/responses';

/** `/api/v1/providers/:id/versions`: a provider from one change to the next. */
export function serveProviderVersions(app: ZodApp, { dataSource, cursors }: ApiContext): void {
  app.get(
    '/api/v1/providers/:id/versions',
    {
      schema: {
        tags: ['Providers'],
        summary: 'List the versions of a provider, the latest first',
        operationId: 'listProviderVersions',
        params: providerIdParams,
        querystring: pageQuery,
        response: responses({ 200: pageOf(providerVersionSchema) }, 404),
      },
    },
    async (request) => {
      const { limit, cursor } = request.query;
      const providerId = request.params.id;
      const page = await cursors.page(cursor, (cursor) =>
        listProviderVersions(dataSource, { providerId, limit, cursor }),
      );
      // Every provider has version 1, so only the first page of an unknown one is empty.
      if (page.items.length === 0 && cursor === undefined) throw new ProblemError(404, NO_PROVIDER);
      return page;
    },
  );
}
