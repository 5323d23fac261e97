import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ApiContext } from '../../api/context';
import { ProblemError } from '../../api/http/problem';
import { listQuery } from '../../api/openapi/list-schemas';
import { providerIdParams } from '../../api/openapi/provider-schemas';
import { fullName } from '../../contract/person-names';
import { asOfMoment, asOfSchema } from '../../operations/as-of-moment';
import { readStalePartners } from '../../operations/freshness/read-stale-partners';
import {
  findVersionAt,
  getProviderVersion,
  listProviderVersions,
  type ProviderVersion,
} from '../../store/directory/read-provider-versions';
import { findPossibleSamePersons, getProvider } from '../../store/directory/read-providers';
import { findErasureOf } from '../../store/erase/read-erasures';
import type { AsOfReading } from '../components/as-of';
import type { ChosenVersions } from '../components/versions';
import { type ComparisonReading, ProviderPage } from '../pages/provider';
import { sendPage } from '../render';
import { formQuery } from './form';

const PAGE_SIZE = 25;

const number = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, 'is not the number of a version')
  .transform(Number)
  .optional();

const query = z.object({
  cursor: listQuery.cursor,
  compare: number,
  with: number,
  asOf: asOfSchema.optional(),
});

/** The page of one provider. */
export async function providerRoute(root: FastifyInstance, context: ApiContext): Promise<void> {
  const { dataSource, cursors } = context;
  root
    .withTypeProvider<ZodTypeProvider>()
    .get(
      '/providers/:id',
      { schema: { params: providerIdParams, querystring: formQuery(query) } },
      async (request, reply) => {
        const { id } = request.params;
        const { cursor, asOf, ...chosen } = request.query;
        const provider = await getProvider(dataSource, id);
        if (!provider) {
          const receipt = await findErasureOf(dataSource, id);
          if (receipt) return reply.redirect(`/erasures/${receipt.id}`, 302);
          throw new ProblemError(
            404,
            'There is no provider at this address. It may belong to another directory.',
          );
        }
        const [versions, others, stale, comparison, earlier] = await Promise.all([
          cursors.page(cursor, (cursor) =>
            listProviderVersions(dataSource, { providerId: id, limit: PAGE_SIZE, cursor }),
          ),
          findPossibleSamePersons(dataSource, id),
          readStalePartners(context, provider.partner),
          readComparison(context, id, chosen),
          readAsOf(context, id, asOf),
        ]);
        return sendPage(
          request,
          reply,
          { title: fullName(provider) },
          <ProviderPage
            {...{ url: request.url, provider, versions, others, stale, comparison, chosen }}
            asOf={earlier}
            canOperate={request.role === 'operator'}
          />,
        );
      },
    );
}

async function readComparison(
  { dataSource }: ApiContext,
  id: string,
  chosen: ChosenVersions,
): Promise<ComparisonReading | null> {
  if (chosen.compare === undefined || chosen.with === undefined) return null;
  const [from = null, to = null] = await Promise.all(
    [chosen.compare, chosen.with].map((number) => getProviderVersion(dataSource, id, number)),
  );
  return { from, to };
}

async function readAsOf(
  { dataSource }: ApiContext,
  id: string,
  asOf: string | undefined,
): Promise<AsOfReading | null> {
  if (asOf === undefined) return null;
  const number = await findVersionAt(dataSource, id, asOfMoment(asOf));
  const [version, { items }] = await Promise.all([
    number === null ? null : getProviderVersion(dataSource, id, number),
    listProviderVersions(dataSource, { providerId: id, limit: 1 }),
  ]);
  const [current] = items as [ProviderVersion];
  return { asOf, version, current };
}
