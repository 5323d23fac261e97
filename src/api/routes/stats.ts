import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { readRunSeries, readStats } from '../../store/directory/read-stats';
import { partnerName } from '../../store/lists/filters';
import type { ApiContext } from '../context';
import { responses } from '../openapi/responses';
import { statsSchema } from '../openapi/stats-schema';
import { wholeNumber } from '../openapi/values';

/** `/api/v1/stats`: the directory and its syncs in numbers. */
export async function statsRoutes(root: FastifyInstance, { dataSource }: ApiContext): Promise<void> {
  root.withTypeProvider<ZodTypeProvider>().get(
    '/api/v1/stats',
    {
      schema: {
        tags: ['Partners'],
        summary: 'Get the directory and its syncs in numbers',
        operationId: 'getStats',
        querystring: z.object({
          partner: partnerName.optional().meta({ description: 'Only this partner' }),
          days: wholeNumber(
            { maximum: 366, usual: 14 },
            'Days of the series; with 1 or 2 it has a value for each hour',
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
