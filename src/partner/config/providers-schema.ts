import { z } from 'zod';
import { ENCODINGS } from './encoding';
import { findPlaceMistakes } from './find-place-mistakes';
import { body, headers, method, path, query, sentHeaderName, valueText } from './texts';
import { count, share } from './values';

const parameter = z.string().min(1);
const bodyPlace = z
  .string()
  .min(1, 'is empty')
  .regex(/^[^.]+(\.[^.]+)*$/, 'is not a place; write it like variables.after');

/** A number that requests send. */
const sentNumber = z
  .union([parameter, z.strictObject({ body: bodyPlace })], 'is neither a parameter nor { body: place }')
  .meta({ form: 'parameter, or `{ body: place }`' });

const nextSchema = z
  .strictObject({
    link: valueText.optional().describe('The place of the next address in the answer.'),
    header: parameter
      .optional()
      .describe('The relation in the `Link` header that has the next address: `next`.'),
    cursor: z
      .strictObject({
        query: parameter.optional().describe('The parameter of the query that sends the cursor.'),
        body: bodyPlace
          .optional()
          .describe(
            'The place in the body that sends the cursor, such as `variables.after`. Give this or `query`.',
          ),
        from: valueText.describe('The place of the next cursor in the answer.'),
      })
      .superRefine(({ query, body }, context) => {
        if ((query === undefined) !== (body === undefined)) return;
        context.addIssue({ code: 'custom', message: 'needs query or body' });
      })
      .optional()
      .describe('A cursor from each answer, sent in the query or in the body of the next request.'),
    page: sentNumber
      .optional()
      .describe(
        'The parameter of the query that sends the number of the page, from 1. With `{ body: place }`, the place in the body; its number in `body` is that of the first page.',
      ),
    offset: sentNumber
      .optional()
      .describe(
        'The parameter of the query, or the place in the body, that sends the number of records received so far.',
      ),
  })
  .superRefine((next, context) => {
    if (Object.values(next).filter((value) => value !== undefined).length === 1) return;
    context.addIssue({ code: 'custom', message: 'needs one of link, header, cursor, page and offset' });
  });

/** The request for the list, and how its answer is read. */
export const providersSchema = z
  .strictObject({
    path: path.describe('The path of the list. The checksum is made over this path without its query.'),
    method: method
      .optional()
      .describe('The method of the request. `POST` if it has a `body`, otherwise `GET`.'),
    headers: headers.optional().describe('Headers of the request.'),
    query: query.optional().describe('Parameters of the query, added to those in `path`.'),
    body: body.optional().describe('The body of the request, sent like that of `auth`.'),
    checksumHeader: sentHeaderName
      .optional()
      .describe(
        "The request header for the checksum. Short for `headers` with `=sha256(join('', [token, path]))`.",
      ),
    format: z
      .enum(['json', 'ndjson', 'csv', 'lines'])
      .default('json')
      .describe(
        'The form of the answer. `ndjson`: one JSON object a line. `csv`: the first line has the names. `lines`: each line is a record with the field `line`. gzip is recognised.',
      ),
    separator: z
      .enum(['comma', 'semicolon', 'tab', 'pipe'])
      .optional()
      .describe('What separates the cells of a row in `csv`; `comma` if it is not given.'),
    encoding: z
      .enum(ENCODINGS)
      .optional()
      .describe(
        'The character encoding of the answer, whatever the partner says. Without it, a byte order mark decides, then UTF-8, then what `Content-Type` announces. `iso-8859-1` means `windows-1252`, as in browsers.',
      ),
    records: valueText
      .optional()
      .describe(
        'The place of the list in the answer, as keys joined by dots. Without it, the answer itself is the list.',
      ),
    next: nextSchema
      .optional()
      .describe(
        'Where the next page is. Without it, there is one page. A list ends with an empty page or without a next one.',
      ),
    total: valueText
      .optional()
      .describe(
        'The place of the number of all records. An answer with another number of records is incomplete, and so is one whose total shrinks between two pages.',
      ),
    noTokenText: z
      .string()
      .min(1)
      .optional()
      .describe('The text that means "there is no token" under a 200.'),
    minimumCount: count(1, 1_000_000)
      .default(1)
      .describe('A list of fewer records counts as cut. An answer with fewer different records is unusable.'),
    maximumRejected: share()
      .prefault('20%')
      .describe('The share of records that may be rejected. With more, nothing of the answer is stored.'),
    maximumCount: count(1, 100_000_000)
      .default(100_000)
      .describe('The largest number of records in an answer, over all of its pages.'),
    maximumPages: count(1, 1_000_000).default(10_000).describe('The largest number of pages.'),
  })
  .superRefine((providers, context) => {
    const { format, records, total, next } = providers;
    const inJson = { records, 'next.link': next?.link, 'next.cursor': next?.cursor?.from, total };
    for (const [place, text] of Object.entries(inJson)) {
      if (format === 'json' || text === undefined) continue;
      const message = `is a place in JSON, which the format ${format} does not have`;
      context.addIssue({ code: 'custom', path: place.split('.'), message });
    }
    if (format !== 'csv' && providers.separator !== undefined) {
      const message = `separates cells of csv, which the format ${format} does not have`;
      context.addIssue({ code: 'custom', path: ['separator'], message });
    }
    if (providers.method === 'GET' && providers.body !== undefined) {
      context.addIssue({ code: 'custom', message: 'has a body, which GET cannot send' });
    }
    for (const mistake of findPlaceMistakes(providers)) context.addIssue({ code: 'custom', ...mistake });
    const { checksumHeader, headers = {} } = providers;
    const names = Object.keys(headers).map((name) => name.toLowerCase());
    if (checksumHeader !== undefined && names.includes(checksumHeader.toLowerCase())) {
      context.addIssue({
        code: 'custom',
        path: ['headers'],
        message: 'name the header of checksumHeader too',
      });
    }
  });
