import type { Description, Paging } from './description';
import { practitionerEntry, searchset } from './fhir-bundle';
import { refuseRegistryQuery, registryResult } from './registry';

/** The names that a partner without names of its own would use if its paging is changed. */
const PLAIN: Omit<Paging, 'kind'> = { select: 'page', limit: 'limit', largestLimit: 10_000 };
const WHOLE: Paging = { ...PLAIN, kind: 'none' };

/** The partners of docs/examples/partners.yaml beside Noteworth, by the first part of their path. */
export const FAMILY = {
  noclist: {
    summary: 'Identifiers, one a line, for the checksum of a token and the path',
    path: '/users',
    format: 'lines',
    auth: {
      kind: 'tokenHeader',
      path: '/auth',
      tokenHeader: 'Badsec-Authentication-Token',
      checksumHeader: 'X-Request-Checksum',
    },
    paging: WHOLE,
    pageSize: 100,
    record: ({ npi, index }) => `${npi}${String(index).padStart(9, '0')}`,
    envelope: ({ records }) => records,
  },
  acme: {
    summary: 'JSON pages with the address of the next one, for an OAuth token of client credentials',
    path: '/v1/clinicians',
    format: 'json',
    auth: { kind: 'oauth', path: '/oauth/token', clientId: 'me', clientSecret: 'acme-secret' },
    paging: { ...PLAIN, kind: 'link', select: 'page_token', limit: 'page_size' },
    pageSize: 100,
    record: ({ npi, given, family, title, clinic, updatedAt }) => ({
      id: `cl_${npi}`,
      name: { first: given.join(' '), last: family },
      role: title,
      site: clinic,
      updated_at: new Date(updatedAt).toISOString(),
    }),
    envelope: ({ records, next }) => ({ data: records, next }),
  },
  county: {
    summary: 'A CSV file for an API key',
    path: '/clinicians.csv',
    format: 'csv',
    auth: { kind: 'apiKey', header: 'X-Api-Key', key: 'county-key' },
    paging: WHOLE,
    pageSize: 100,
    record: ({ npi, given, family, title, clinic }) => ({
      NPI: npi,
      'First Name': given.join(' '),
      'Last Name': family,
      Credential: title,
      Practice: clinic,
    }),
    envelope: ({ records, next }) => ({ rows: records, next }),
  },
  signed: {
    summary: 'One JSON list for requests signed with HMAC-SHA-256 and the time',
    path: '/providers',
    format: 'json',
    auth: {
      kind: 'signature',
      signatureHeader: 'X-Signature',
      timeHeader: 'X-Timestamp',
      key: 'signed-key',
      windowSeconds: 300,
    },
    paging: WHOLE,
    pageSize: 100,
    record: ({ given, family, title, clinic }) => ({
      name_given: given.join(' '),
      name_family: family,
      title,
      clinic,
    }),
    envelope: ({ records, next }) => ({ providers: records, ...(next !== null && { next }) }),
  },
  hospital: {
    summary: 'Searchsets of FHIR R4 with a total and a link to the next one',
    path: '/fhir/Practitioner',
    format: 'json',
    contentType: 'application/fhir+json; charset=utf-8',
    auth: { kind: 'none' },
    paging: { kind: 'link', select: '_getpages', limit: '_count', largestLimit: 1000, nextPath: '/fhir' },
    pageSize: 20,
    record: practitionerEntry,
    envelope: searchset,
  },
  nppes: {
    summary: 'JSON pages by offset, at most 200 records after at most 1000 others',
    path: '/api/',
    format: 'json',
    auth: { kind: 'none' },
    paging: { kind: 'offset', select: 'skip', limit: 'limit', largestLimit: 200, largestOffset: 1000 },
    pageSize: 10,
    record: registryResult,
    envelope: ({ records, count }) => ({ result_count: count, results: records }),
    refuse: refuseRegistryQuery,
  },
  graph: {
    summary: 'A connection of GraphQL, whose cursor is a variable in the body of a POST',
    path: '/graphql',
    format: 'json',
    auth: { kind: 'none' },
    paging: { ...PLAIN, kind: 'cursor', select: 'after', limit: 'first', largestLimit: 100, isInBody: true },
    pageSize: 100,
    record: ({ npi, given, family, title, clinic }) => ({
      npi,
      givenName: given.join(' '),
      familyName: family,
      title,
      practice: { name: clinic },
    }),
    envelope: ({ records, total, next }) => ({
      data: {
        clinicians: {
          nodes: records,
          totalCount: total,
          pageInfo: { hasNextPage: next !== null, endCursor: next },
        },
      },
    }),
  },
  export: {
    summary: 'One NDJSON file of any size',
    path: '/export.ndjson',
    format: 'ndjson',
    auth: { kind: 'none' },
    paging: WHOLE,
    pageSize: 1000,
    record: ({ npi, given, family, title, clinic }) => ({
      npi,
      name_given: given.join(' '),
      name_family: family,
      title,
      clinic,
    }),
    envelope: ({ records, next }) => ({ providers: records, next }),
  },
} as const satisfies Readonly<Record<string, Description>>;

export type FamilyName = keyof typeof FAMILY;
