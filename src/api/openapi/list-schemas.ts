import { z } from 'zod';
import { text } from '../../store/lists/filters';
import { exampleOf, wholeNumber } from './values';

/** The query parameters of every list. */
export const listQuery = {
  limit: wholeNumber({ maximum: 200, usual: 50 }, 'Items per page'),
  cursor: text(4000).optional().meta({ description: 'The `nextCursor` of the previous page' }),
  format: z
    .enum(['json', 'csv', 'ndjson'])
    .optional()
    .meta({ description: 'The format, instead of the Accept header; csv and ndjson send the whole list' }),
};

/** The query parameters of a list that is available as JSON only. */
export const pageQuery = z.object({ limit: listQuery.limit, cursor: listQuery.cursor });

const itemsOf = <T extends z.ZodType>(item: T) =>
  z.array(item).meta({ description: 'The items, in the order of the list' });

/** A page of a list. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z
    .object({
      items: itemsOf(item),
      nextCursor: z
        .string()
        .nullable()
        .meta({ description: 'Send this as `cursor` to get the next page; null on the last page' }),
    })
    .meta({ examples: [{ items: [exampleOf(item)], nextCursor: null }] });

/** A list without pages, because it is always short. */
export const wholeListOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: itemsOf(item) }).meta({ examples: [{ items: [exampleOf(item)] }] });
