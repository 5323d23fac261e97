import { z } from 'zod';
import { count, orNull, string } from './values';

const names = (description: string) => z.array(z.string()).readonly().meta({ description });

const requestSchema = z
  .object({
    method: z.enum(['GET', 'POST']).meta({ description: 'The method' }),
    path: string('The path, without its query'),
    parameters: names('The names of the parameters of the query'),
    headers: names('The names of the headers that authenticate it or are in partners.yaml'),
  })
  .meta({ description: 'A request, without the values that it sends' });

const fieldsSchema = (value: string) =>
  z.object({
    givenName: string(`${value} of the given name`).optional(),
    familyName: string(`${value} of the family name`).optional(),
    title: string(`${value} of the title`).optional(),
    clinic: string(`${value} of the clinic`).optional(),
  });

const limitsSchema = z
  .object({
    maxBytes: count('Bytes of one page after decompression'),
    maximumCount: count('Records of all pages'),
    maximumPages: count('Pages'),
    maxLength: count('UTF-16 code units of the text of a field'),
    maximumDeparted: z.number().min(0).max(1).nullable().meta({
      description:
        'The share of providers that may leave without approval; null unless the feed is a snapshot',
    }),
  })
  .meta({ description: 'The largest values that are accepted' });

export const readingSchema = z
  .object({
    authentication: z
      .object({
        kind: z.enum(['token', 'oauth', 'basic', 'none']).meta({
          description:
            '`token`: a request of its own gets a token. `oauth`: OAuth 2.0 client credentials. `basic`: HTTP Basic. `none`: no authentication, or a key in a header',
        }),
        request: orNull(
          requestSchema.meta({ description: 'The request that gets the token; null without one' }),
        ),
      })
      .meta({ description: 'How requests are authenticated' }),
    request: requestSchema.meta({ description: 'The request for the list' }),
    format: z
      .enum(['json', 'ndjson', 'csv', 'lines'])
      .meta({ description: 'The form of the answer; `lines` has one record a line' }),
    encoding: z.string().nullable().meta({
      description: 'The character encoding; null if the answer shows it',
    }),
    records: z.string().nullable().meta({
      description: 'The place of the list in a JSON answer; null if the answer itself is the list',
    }),
    paging: z.enum(['none', 'link', 'header', 'cursor', 'page', 'offset']).meta({
      description: 'How the next page is found; `none` if there is one page',
    }),
    pageInBody: z.string().nullable().meta({
      description:
        'The place in the body of a request that says which page is requested; null if nothing in it does',
    }),
    fields: fieldsSchema('The place').meta({ description: 'The place of each of our fields in a record' }),
    constants: fieldsSchema('The fixed value').meta({ description: 'Fixed values of our fields' }),
    optional: names('The fields that a record may lack'),
    ignore: names('Places in a record that are not kept'),
    departed: z.string().nullable().meta({
      description: 'What in a record says that the person left; null if nothing does',
    }),
    limits: limitsSchema,
  })
  .meta({ id: 'PartnerReading', description: 'How a partner is read, as partners.yaml says' });
