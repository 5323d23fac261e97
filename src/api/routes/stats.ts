import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { readRunSeries, readStats } from '../../store/directory/read-stats';
import { partnerName } from '../../store/lists/filters';
import type { ApiContext } from '../context';
import { responses } from '../openapi/responses';
import { statsSchema, wholeNumber } from '../openapi/schemas';

/** `/api/v1/stats`: the directory and its runs in numbers. */
export async function statsRoutes(root: FastifyInstance, { dataSource }: ApiContext): Promise<void> {
  root.withTypeProvider<ZodTypeProvider>().get(
    '/api/v1/stats',
    {
      schema: {
        tags: ['Partners'],
        summary: 'The directory and its runs in numbers',
        operationId: 'getStats',
        querystring: z.object({
          partner: partnerName.optional(),
          days: wholeNumber(
            { maximum: 366, usual: 14 },
            'Days of the series, which for one or two is told by hours',
          ),
        }),
        response: responses({ 200: statsSchema }),
      },
    },
    async (request) => {
      const { partner, days } = request.query;
      const [all, series] = await Promise.all([
        readStats(dataSource),
        readRunSeries(dataSource, { partner, days }),
      ]);
      const partners = all.filter((one) => partner === undefined || one.partner === partner);
      const sum = (pick: 'total' | 'listed') =>
        partners.reduce((total, one) => total + one.providers[pick], 0);
      return { providers: { total: sum('total'), listed: sum('listed') }, partners, series };
    },
  );
}
