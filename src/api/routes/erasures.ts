import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Erasure } from '../../contract/erasure';
import { type ErasureRequested, requestErasure, requestUnerasure } from '../../operations/request-erasure';
import { UNNAMED_OPERATOR } from '../../operations/unnamed-operator';
import { listErasures, readErasure } from '../../store/erase/read-erasures';
import type { ApiContext, ZodApp } from '../context';
import { ProblemError } from '../http/problem';
import {
  acceptedSchema,
  erasureIdParams,
  erasureQuery,
  erasureRequestSchema,
  erasureSchema,
  unerasureSchema,
} from '../openapi/erasure-schemas';
import { pageOf } from '../openapi/list-schemas';
import { NO_PROVIDER, providerIdParams } from '../openapi/provider-schemas';
import { BODY_PROBLEMS, responses } from '../openapi/responses';

const tags = ['Erasures'];
const LIST = '/api/v1/erasures';
const NO_RECEIPT = `There is no receipt with this id; see ${LIST}.`;
const ACCEPTED = 'No worker has done it yet. One does it as soon as it can.';
const response = responses({ 200: erasureSchema, 202: acceptedSchema }, 404, 422, ...BODY_PROBLEMS);

/** Erases people, lets them come back, and lists the receipts. */
export async function erasureRoutes(root: FastifyInstance, context: ApiContext): Promise<void> {
  const app = root.withTypeProvider<ZodTypeProvider>();
  serveErasure(app, context);
  serveUnerasure(app, context);
  serveErasures(app, context);
}

function serveErasure(app: ZodApp, context: ApiContext): void {
  app.post(
    '/api/v1/providers/:id/erase',
    {
      config: { access: 'operator' },
      schema: {
        tags,
        summary: 'Erase a person with the whole history, and keep syncs from bringing the person back',
        description:
          'Answers with the receipt. If no worker has erased the person within 4 seconds, it answers 202, and `Location` is the list that has the receipt then. Repeating the request is safe: for a person who was erased it answers with the receipt.',
        operationId: 'eraseProvider',
        params: providerIdParams,
        body: erasureRequestSchema,
        response,
      },
    },
    async ({ params: { id: providerId }, body: { by = UNNAMED_OPERATOR.api, reason } }, reply) =>
      answer(reply, await requestErasure(context, { providerId, by, reason }), {
        none: NO_PROVIDER,
        later: `${LIST}?providerId=${providerId}`,
      }),
  );
}

function serveUnerasure(app: ZodApp, context: ApiContext): void {
  app.post(
    `${LIST}/:id/unerase`,
    {
      config: { access: 'operator' },
      schema: {
        tags,
        summary: 'Let an erased person come back with the next answer of the partner',
        description:
          'Repeating the request changes nothing. If no worker has done it within 4 seconds, it answers 202, and `Location` is the receipt.',
        operationId: 'uneraseProvider',
        params: erasureIdParams,
        body: unerasureSchema.nullish().meta({ examples: [{ by: 'zoe' }] }),
        response,
      },
    },
    async ({ params: { id: erasureId }, body }, reply) =>
      answer(reply, await requestUnerasure(context, { erasureId, by: body?.by ?? UNNAMED_OPERATOR.api }), {
        none: NO_RECEIPT,
        later: `${LIST}/${erasureId}`,
      }),
  );
}

function serveErasures(app: ZodApp, { dataSource, cursors }: ApiContext): void {
  app.get(
    LIST,
    {
      schema: {
        tags,
        summary: 'List the receipts of erased people, the latest first',
        operationId: 'listErasures',
        querystring: erasureQuery,
        response: responses({ 200: pageOf(erasureSchema) }),
      },
    },
    ({ query: { cursor, ...query } }) =>
      cursors.page(cursor, (cursor) => listErasures(dataSource, { ...query, cursor })),
  );
  app.get(
    `${LIST}/:id`,
    {
      schema: {
        tags,
        summary: 'Get the receipt of an erased person',
        operationId: 'getErasure',
        params: erasureIdParams,
        response: responses({ 200: erasureSchema }, 404),
      },
    },
    async ({ params }) => {
      const receipt = await readErasure(dataSource, params.id);
      if (!receipt) throw new ProblemError(404, NO_RECEIPT);
      return receipt;
    },
  );
}

/** Answers with the receipt, or with where it will be. */
function answer(
  reply: FastifyReply,
  requested: ErasureRequested,
  { none, later }: { readonly none: string; readonly later: string },
): Erasure | FastifyReply {
  switch (requested.outcome) {
    case 'done':
      return requested.receipt;
    case 'accepted':
      return reply.code(202).header('Location', later).send({ detail: ACCEPTED });
    case 'not found':
      throw new ProblemError(404, none);
    case 'failed':
      throw new ProblemError(503, requested.reason, { type: requested.type });
    case 'refused':
      throw new ProblemError(422, requested.reason, { type: 'InvalidInput' });
  }
}
