import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Provider } from '../../store/directory/provider-row';
import { getProviderAsOf, listProviderChanges } from '../../store/directory/read-provider-history';
import {
  findPossibleSamePersons,
  getProvider,
  listProviders,
  streamProviders,
} from '../../store/directory/read-providers';
import { moment, statusOf } from '../../store/lists/filters';
import { readCompleteUntil } from '../../store/runs/read-version';
import type { ApiContext } from '../context';
import { CursorSeal } from '../http/cursor-seal';
import { ProblemError } from '../http/problem';
import { sendList } from '../http/send-list';
import { listResponses, responses } from '../openapi/responses';
import {
  changeSchema,
  idParams,
  listQuery,
  pageOf,
  pastProviderSchema,
  providerPage,
  providerQuery,
  providerSchema,
  wholeListOf,
} from '../openapi/schemas';

const COLUMNS = [
  'id',
  'partner',
  'givenName',
  'familyName',
  'title',
  'clinic',
  'listed',
  'firstSeenAt',
  'lastSeenAt',
  'lastChangedAt',
  'attributes',
] as const satisfies (keyof Provider)[];

const NONE = 'There is no provider with this id; see /api/v1/providers.';

/** `/api/v1/providers`: who is in the directory. */
export async function providerRoutes(
  root: FastifyInstance,
  { dataSource, temporal }: ApiContext,
): Promise<void> {
  const app = root.withTypeProvider<ZodTypeProvider>();
  const cursors = new CursorSeal(temporal.payloadKeys);
  const tags = ['Providers'];

  app.get(
    '/api/v1/providers',
    {
      schema: {
        tags,
        summary: 'Find providers',
        operationId: 'listProviders',
        querystring: providerQuery.extend(listQuery),
        response: listResponses(providerSchema, providerPage),
      },
    },
    async (request, reply) => {
      const { limit, cursor, format: _format, ...query } = request.query;
      const filter = { ...query, status: statusOf(query) };
      return sendList(request, reply, {
        name: 'providers',
        schema: providerSchema,
        columns: COLUMNS,
        async page() {
          // What is complete before the list is read is so in the list.
          const completeUntil = await readCompleteUntil(dataSource);
          const page = await cursors.page(cursor, (cursor) =>
            listProviders(dataSource, { ...filter, limit, cursor }),
          );
          return { ...page, completeUntil };
        },
        all: (signal) => streamProviders(dataSource, filter, signal),
      });
    },
  );

  app.get(
    '/api/v1/providers/:id',
    {
      schema: {
        tags,
        summary: 'One provider, now or as of a moment',
        operationId: 'getProvider',
        params: idParams,
        querystring: z.object({
          asOf: moment.optional().meta({
            description:
              'As it was at this moment. As of one after `completeUntil` of the list it may still become another, when a sync that goes on has ended',
            examples: ['2026-03-02T00:00:00Z'],
          }),
        }),
        response: responses({ 200: pastProviderSchema }, 404),
      },
    },
    async (request) => {
      const { id } = request.params;
      const { asOf } = request.query;
      const provider = asOf
        ? await getProviderAsOf(dataSource, id, new Date(asOf))
        : await getProvider(dataSource, id);
      if (!provider) throw new ProblemError(404, asOf ? `${NONE} It may not have been there yet.` : NONE);
      return provider;
    },
  );

  app.get(
    '/api/v1/providers/:id/changes',
    {
      schema: {
        tags,
        summary: 'Each change of a provider, the latest first',
        operationId: 'listProviderChanges',
        params: idParams,
        querystring: z.object({ limit: listQuery.limit, cursor: listQuery.cursor }),
        response: responses({ 200: pageOf(changeSchema) }, 404),
      },
    },
    async (request) => {
      const { id } = request.params;
      if (!(await getProvider(dataSource, id))) throw new ProblemError(404, NONE);
      const { limit, cursor } = request.query;
      return cursors.page(cursor, (cursor) =>
        listProviderChanges(dataSource, { providerId: id, limit, cursor }),
      );
    },
  );

  app.get(
    '/api/v1/providers/:id/possible-duplicates',
    {
      schema: {
        tags,
        summary: 'Who may be the same person: the same name at another clinic or partner',
        operationId: 'listPossibleDuplicates',
        params: idParams,
        response: responses({ 200: wholeListOf(providerSchema) }, 404),
      },
    },
    async (request) => {
      const { id } = request.params;
      if (!(await getProvider(dataSource, id))) throw new ProblemError(404, NONE);
      return { items: await findPossibleSamePersons(dataSource, id) };
    },
  );
}
