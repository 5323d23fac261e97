import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { differingFields } from '../../store/directory/compare-providers';
import type { Provider } from '../../store/directory/provider-row';
import { readAttributeNames } from '../../store/directory/read-attribute-names';
import { getProviderAsOf, listProviderChanges } from '../../store/directory/read-provider-history';
import { findPossibleSamePersons, getProvider, listProviders } from '../../store/directory/read-providers';
import { searchProviders } from '../../store/directory/suggest-searches';
import { moment, statusOf } from '../../store/lists/filters';
import { streamList } from '../../store/lists/stream-list';
import { readCompleteUntil } from '../../store/runs/read-version';
import type { ApiContext, ZodApp } from '../context';
import type { Headings } from '../http/csv-columns';
import { ProblemError } from '../http/problem';
import { sendList } from '../http/send-list';
import { exportQuery, filterOf, pageOf, pageQuery, wholeListOf } from '../openapi/list-schemas';
import {
  changeSchema,
  NO_PROVIDER,
  pastProviderSchema,
  possibleDuplicateSchema,
  providerIdParams,
  providerPage,
  providerQuery,
  providerSchema,
} from '../openapi/provider-schemas';
import { listResponses, responses } from '../openapi/responses';
import { serveProviderVersions } from './provider-versions';

const COLUMNS: Headings<Provider> = {
  id: 'Id',
  partner: 'Partner',
  givenName: 'Given name',
  familyName: 'Family name',
  title: 'Title',
  clinic: 'Clinic',
  listed: 'In the partner’s list',
  firstSeenAt: 'First seen',
  lastSeenAt: 'Last seen',
  lastChangedAt: 'Last changed',
  attributes: 'Unmapped fields',
};

const tags = ['Providers'];

/** `/api/v1/providers`: the people in the directory. */
export async function providerRoutes(root: FastifyInstance, context: ApiContext): Promise<void> {
  const app = root.withTypeProvider<ZodTypeProvider>();
  serveProviders(app, context);
  serveProvider(app, context);
  serveChanges(app, context);
  serveProviderVersions(app, context);
  servePossibleDuplicates(app, context);
}

function serveProviders(app: ZodApp, { dataSource, cursors }: ApiContext): void {
  app.get(
    '/api/v1/providers',
    {
      schema: {
        tags,
        summary: 'List and search providers',
        operationId: 'listProviders',
        querystring: providerQuery.extend(exportQuery(COLUMNS)),
        response: listResponses(providerSchema, providerPage),
      },
    },
    async (request, reply) => {
      const { limit, cursor } = request.query;
      const query = filterOf(request.query);
      const filter = { ...query, status: statusOf(query) };
      return sendList(request, reply, {
        name: 'providers',
        filter: query,
        schema: providerSchema,
        columns: COLUMNS,
        async page() {
          // Read this first: changes up to then are complete in a list that is read later.
          const completeUntil = await readCompleteUntil(dataSource);
          const page = await cursors.page(cursor, (cursor) =>
            searchProviders(dataSource, { ...filter, limit, cursor }),
          );
          return { ...page, completeUntil };
        },
        all: (signal, receiveNames) =>
          streamList(dataSource, listProviders, filter, {
            signal,
            prepare:
              receiveNames && (async (reader) => receiveNames(await readAttributeNames(reader, filter))),
          }),
      });
    },
  );
}

function serveProvider(app: ZodApp, { dataSource }: ApiContext): void {
  app.get(
    '/api/v1/providers/:id',
    {
      schema: {
        tags,
        summary: 'Get one provider, now or at an earlier time',
        operationId: 'getProvider',
        params: providerIdParams,
        querystring: z.object({
          asOf: moment.optional().meta({
            description:
              'The time for which to show the provider. For a time after the `completeUntil` of the list, a sync that is still running may change the answer',
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
      if (!provider) {
        throw new ProblemError(404, asOf ? `${NO_PROVIDER} It may not have existed then.` : NO_PROVIDER);
      }
      return provider;
    },
  );
}

function serveChanges(app: ZodApp, { dataSource, cursors }: ApiContext): void {
  app.get(
    '/api/v1/providers/:id/changes',
    {
      schema: {
        tags,
        summary: 'List the changes of a provider, the latest first',
        operationId: 'listProviderChanges',
        params: providerIdParams,
        querystring: pageQuery,
        response: responses({ 200: pageOf(changeSchema) }, 404),
      },
    },
    async (request) => {
      const { id } = request.params;
      if (!(await getProvider(dataSource, id))) throw new ProblemError(404, NO_PROVIDER);
      const { limit, cursor } = request.query;
      return cursors.page(cursor, (cursor) =>
        listProviderChanges(dataSource, { providerId: id, limit, cursor }),
      );
    },
  );
}

function servePossibleDuplicates(app: ZodApp, { dataSource }: ApiContext): void {
  app.get(
    '/api/v1/providers/:id/possible-duplicates',
    {
      schema: {
        tags,
        summary: 'List providers who may be the same person: the same name at another clinic or partner',
        operationId: 'listPossibleDuplicates',
        params: providerIdParams,
        response: responses({ 200: wholeListOf(possibleDuplicateSchema) }, 404),
      },
    },
    async (request) => {
      const { id } = request.params;
      const provider = await getProvider(dataSource, id);
      if (!provider) throw new ProblemError(404, NO_PROVIDER);
      const others = await findPossibleSamePersons(dataSource, id);
      return { items: others.map((other) => ({ ...other, differsIn: differingFields(provider, other) })) };
    },
  );
}
