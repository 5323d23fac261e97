import { z } from 'zod';
import { RUN_STATUSES } from '../../contract/run';
import { partnerName } from '../../store/lists/filters';
import { EXAMPLES } from './examples';
import { sizesSchema } from './partner-schemas';
import { count, time } from './values';

const countsByStatus = (description: string) => {
  const counts = RUN_STATUSES.map((status) => [status, count(`Syncs with the status ${status}`)] as const);
  type Counts = Record<(typeof RUN_STATUSES)[number], (typeof counts)[number][1]>;
  return z.object(Object.fromEntries(counts) as Counts).meta({ description });
};
const milliseconds = (description: string) => z.number().min(0).nullable().meta({ description });

export const statsSchema = z
  .object({
    providers: sizesSchema,
    partners: z
      .array(
        z.object({
          partner: partnerName.meta({ description: 'The name of the partner' }),
          providers: sizesSchema,
          last24Hours: countsByStatus('The syncs that started in the last 24 hours, by status'),
          last7Days: countsByStatus('The syncs that started in the last 7 days, by status'),
          duration: z
            .object({
              median: milliseconds('The median; null if there was none'),
              p95: milliseconds('The 95th percentile; null if there was none'),
            })
            .meta({ description: 'Milliseconds that the successful syncs of the last 7 days took' }),
        }),
      )
      .meta({ description: 'The figures of each partner' }),
    series: z
      .array(
        z.object({
          start: time('When the hour or day begins'),
          counts: countsByStatus('The syncs that started in it, by status'),
          medianDuration: milliseconds(
            'The median milliseconds of the successful syncs; null if there was none',
          ),
        }),
      )
      .meta({ description: 'The syncs of each day, or of each hour for at most two days' }),
  })
  .meta({ id: 'Stats', description: 'The directory and its syncs in numbers', examples: [EXAMPLES.stats] });
