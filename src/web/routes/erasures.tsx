import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ApiContext, ZodApp } from '../../api/context';
import { ProblemError } from '../../api/http/problem';
import {
  erasureIdParams,
  erasureQuery,
  erasureRequestSchema,
  unerasureSchema,
} from '../../api/openapi/erasure-schemas';
import { providerIdParams } from '../../api/openapi/provider-schemas';
import { fullName } from '../../contract/person-names';
import { type ErasureRequested, requestErasure, requestUnerasure } from '../../operations/request-erasure';
import { UNNAMED_OPERATOR } from '../../operations/unnamed-operator';
import { getProvider } from '../../store/directory/read-providers';
import { listErasures, readErasure } from '../../store/erase/read-erasures';
import { ERASURE_NOTICES, type ErasureNoticeName } from '../components/outcome-notice';
import { PAGE_SIZE } from '../components/pager';
import { ErasePage } from '../pages/erase';
import { ErasurePage } from '../pages/erasure';
import { ErasuresPage } from '../pages/erasures';
import { sendPage } from '../render';
import { formQuery, noticeName } from './form';

const NO_PROVIDER = 'There is no provider at this address. It may belong to another directory.';
const NO_RECEIPT = 'There is no receipt at this address.';

const notice = noticeName(ERASURE_NOTICES);
const noticed = formQuery(z.object({ notice }));
const listed = formQuery(erasureQuery.omit({ limit: true }).extend({ notice }));
const confirmed = erasureRequestSchema.extend({ confirm: z.literal('yes', 'has to be confirmed') });

/** The page that erases a person, and the receipts. */
export async function erasureRoutes(root: FastifyInstance, context: ApiContext): Promise<void> {
  const app = root.withTypeProvider<ZodTypeProvider>();
  serveErase(app, context);
  serveErasures(app, context);
  serveErasure(app, context);
}

function serveErase(app: ZodApp, context: ApiContext): void {
  app.get(
    '/providers/:id/erase',
    {
      config: { access: 'operator' },
      schema: { params: providerIdParams, querystring: noticed },
    },
    async (request, reply) => {
      const provider = await getProvider(context.dataSource, request.params.id);
      if (!provider) throw new ProblemError(404, NO_PROVIDER);
      const title = `Erase ${fullName(provider)}`;
      const page = <ErasePage provider={provider} notice={request.query.notice} />;
      return sendPage(request, reply, { title }, page);
    },
  );
  app.post(
    '/providers/:id/erase',
    {
      config: { access: 'operator' },
      schema: { params: providerIdParams, body: formQuery(confirmed) },
    },
    async ({ params: { id: providerId }, body: { by = UNNAMED_OPERATOR.web, reason } }, reply) =>
      lead(reply, await requestErasure(context, { providerId, by, reason }), {
        done: 'erased',
        later: `/erasures?providerId=${providerId}`,
        refused: `/providers/${providerId}/erase`,
        none: NO_PROVIDER,
      }),
  );
}

function serveErasures(app: ZodApp, { dataSource, cursors }: ApiContext): void {
  app.get('/erasures', { schema: { querystring: listed } }, async (request, reply) => {
    const { cursor, notice, ...filter } = request.query;
    const page = await cursors.page(cursor, (cursor) =>
      listErasures(dataSource, { ...filter, limit: PAGE_SIZE, cursor }),
    );
    return sendPage(
      request,
      reply,
      { title: 'Erased people' },
      <ErasuresPage url={request.url} page={page} filter={filter} notice={notice} />,
    );
  });
}

function serveErasure(app: ZodApp, context: ApiContext): void {
  app.get(
    '/erasures/:id',
    { schema: { params: erasureIdParams, querystring: noticed } },
    async (request, reply) => {
      const erasure = await readErasure(context.dataSource, request.params.id);
      if (!erasure) throw new ProblemError(404, NO_RECEIPT);
      return sendPage(
        request,
        reply,
        { title: `Receipt ${erasure.id}` },
        <ErasurePage
          erasure={erasure}
          canOperate={request.role === 'operator'}
          notice={request.query.notice}
        />,
      );
    },
  );
  app.post(
    '/erasures/:id/unerase',
    {
      config: { access: 'operator' },
      schema: { params: erasureIdParams, body: formQuery(unerasureSchema) },
    },
    async ({ params: { id: erasureId }, body: { by = UNNAMED_OPERATOR.web } }, reply) =>
      lead(reply, await requestUnerasure(context, { erasureId, by }), {
        done: 'lifted',
        later: `/erasures/${erasureId}`,
        refused: `/erasures/${erasureId}`,
        none: NO_RECEIPT,
      }),
  );
}

interface Places {
  /** What the receipt says above itself. */
  readonly done: ErasureNoticeName;
  readonly later: string;
  readonly refused: string;
  readonly none: string;
}

/** Leads to the receipt, or to where it will be. */
function lead(reply: FastifyReply, requested: ErasureRequested, places: Places): FastifyReply {
  const to = (path: string, name: ErasureNoticeName) =>
    reply.redirect(`${path}${path.includes('?') ? '&' : '?'}notice=${name}`, 303);
  switch (requested.outcome) {
    case 'done':
      return to(`/erasures/${requested.receipt.id}`, places.done);
    case 'accepted':
      return to(places.later, 'waiting');
    case 'refused':
      return to(places.refused, 'named');
    case 'not found':
      throw new ProblemError(404, places.none);
    case 'failed':
      throw new ProblemError(503, requested.reason, { type: requested.type });
  }
}
