import { describeReading, type PartnerReading } from '../../../src/operations/describe-reading';
import type { Partner } from '../../../src/partner/config/partner';
import { EXAMPLE_SECRETS, examplePartners } from '../../support/example-partners';
import { partnerWith } from '../../support/partners';

const examples = examplePartners('http://127.0.0.1:4010');
const readingOf = (name: string): PartnerReading => describeReading(examples.get(name) as Partner);

describe('describeReading', () => {
  it('shows a token, the checksum header, the list and the fields', () => {
    expect(describeReading(partnerWith())).toMatchObject({
      authentication: { kind: 'token', request: { method: 'GET', path: '/auth' } },
      request: { method: 'GET', path: '/providers', parameters: [], headers: ['X-Request-Checksum'] },
      format: 'json',
      records: 'providers',
      paging: 'none',
      fields: { givenName: 'name_given', familyName: 'name_family', title: 'title', clinic: 'clinic' },
      limits: { maximumDeparted: null },
    });
  });

  it.each<[string, string, string, string]>([
    ['noclist', 'token', 'lines', 'none'],
    ['acme', 'oauth', 'json', 'link'],
    ['county', 'none', 'csv', 'none'],
    ['signed', 'none', 'json', 'none'],
    ['hospital', 'none', 'json', 'link'],
    ['nppes', 'none', 'json', 'offset'],
    ['graph', 'none', 'json', 'cursor'],
    ['export', 'none', 'ndjson', 'none'],
  ])('shows how %s authenticates, its format and its pages', (name, kind, format, paging) => {
    expect(readingOf(name)).toMatchObject({ authentication: { kind }, format, paging });
  });

  it('shows the place in the body that says which page is requested', () => {
    expect(readingOf('graph')).toMatchObject({ request: { method: 'POST' }, pageInBody: 'variables.after' });
    expect(readingOf('nppes').pageInBody).toBeNull();
  });

  it('shows what says that a person left', () => {
    expect(describeReading(partnerWith({ departed: 'deleted' })).departed).toBe('deleted');
    expect(describeReading(partnerWith()).departed).toBeNull();
  });

  it('shows the request for a token of OAuth, and the header that sends it', () => {
    expect(readingOf('acme')).toMatchObject({
      authentication: { request: { method: 'POST', path: '/oauth/token' } },
      request: { headers: ['Authorization'] },
      limits: { maximumDeparted: 0.2 },
    });
  });

  it('names headers and parameters without their values', () => {
    const { request } = describeReading(
      partnerWith({
        providers: {
          path: '/list?key=hidden&page=1',
          query: { page: 'hidden', since: '=since' },
          headers: { 'X-Key': 'hidden' },
          body: { password: 'hidden' },
        },
      }),
    );
    expect(request).toEqual({
      method: 'POST',
      path: '/list',
      parameters: ['key', 'page', 'since'],
      headers: ['X-Request-Checksum', 'X-Key'],
    });
  });

  it('has no secret of any example', () => {
    const described = JSON.stringify([...examples.keys()].map(readingOf));
    for (const secret of Object.values(EXAMPLE_SECRETS)) expect(described).not.toContain(secret);
  });
});
