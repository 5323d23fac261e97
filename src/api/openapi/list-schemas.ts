import { z } from 'zod';
import { text } from '../../store/lists/filters';
import { SEPARATORS, type Separator } from '../http/to-csv';
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

const separators = Object.keys(SEPARATORS) as [Separator, ...Separator[]];

/** The query parameters of a list that can be exported as CSV with these columns. */
export function exportQuery(columns: object) {
  const names = Object.keys(columns) as [string, ...string[]];
  return {
    ...listQuery,
    headings: z.enum(['names', 'words']).default('names').meta({
      description:
        'For csv. With `names`, headings and values are those of the API. `words` writes for people: headings in words, times such as 2026-03-01 08:30:00 in UTC, yes and no, and each other field of the partner in a column of its own',
    }),
    columns: z
      .string()
      .transform((list) => [...new Set(list.split(','))])
      .pipe(z.array(z.enum(names, { error: `is no column of this list: ${names.join(', ')}` })))
      .optional()
      .meta({
        type: 'string',
        description: 'For csv: the names of the columns, in order, with commas between them',
        examples: [names.slice(0, 3).join(',')],
      }),
    separator: z.enum(separators).default('comma').meta({
      description: 'For csv. Excel expects a semicolon in languages whose decimal sign is a comma',
    }),
  };
}

/** What a query of {@link exportQuery} chooses, beside its filter. */
export type ExportQuery = z.output<z.ZodObject<ReturnType<typeof exportQuery>>>;

/** The filter of such a query. */
export function filterOf<Query extends ExportQuery>(query: Query): Omit<Query, keyof ExportQuery> {
  const { limit: _l, cursor: _c, format: _f, headings: _h, columns: _n, separator: _s, ...filter } = query;
  return filter;
}

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
