import { createHash } from 'node:crypto';
import { mappingHash } from '../../../src/partner/config/mapping-hash';
import { partnerWith } from '../../support/partners';

const hash = (changes = {}) => mappingHash(partnerWith(changes));

describe('the hash of a mapping', () => {
  it('is the same for the same entry, whatever the order of its keys', () => {
    expect(hash()).toMatch(/^[0-9a-f]{64}$/);
    const { givenName, ...others } = partnerWith().fields;
    expect(
      mappingHash({ ...partnerWith(), fields: partnerWith({ fields: { ...others, givenName } }).fields }),
    ).toBe(hash());
  });

  it.each([
    ['the place of the list', { providers: { records: 'data' } }],
    ['the place of the next page', { providers: { next: { link: 'next' } } }],
    ['the total', { providers: { total: 'total' } }],
    ['a field', { fields: { title: 'role' } }],
    ['a constant', { fields: { clinic: undefined }, constants: { clinic: 'North' } }],
    ['an ignored field', { ignore: ['updated'] }],
    ['an optional field', { optional: ['title'] }],
    ['the longest text', { maxLength: 100 }],
    ['the identity', { identity: ['id'] }],
    ['the feed', { feed: 'snapshot' }],
  ])('changes with %s', (_what, changes) => {
    expect(hash(changes)).not.toBe(hash());
  });

  it('changes with the format', () => {
    const hashOf = (format: string) => hash({ providers: { records: undefined, format } });
    expect(hashOf('ndjson')).not.toBe(hashOf('json'));
  });

  it('changes with the separator, and without one is that of earlier versions', () => {
    const csv = { records: undefined, format: 'csv' };
    const [semicolon, none] = [
      hash({ providers: { ...csv, separator: 'semicolon' } }),
      hash({ providers: csv }),
    ];
    expect(semicolon).not.toBe(none);
    const { fields, constants, ignore, optional, maxLength, identity, feed } = partnerWith({
      providers: csv,
    });
    const before = [{ format: 'csv' }, { fields, constants, ignore, optional, maxLength, identity, feed }];
    expect(none).toBe(createHash('sha256').update(JSON.stringify(before)).digest('hex'));
  });

  it.each([
    ['the address', { baseUrl: 'https://other.example' }],
    ['a secret', { secrets: { key: 'new' } }],
    ['a header', { providers: { headers: { 'X-Api-Key': 'new' } } }],
    ['the deadline', { deadline: '1m' }],
    ['the schedule', { schedule: { every: '2h' } }],
    ['a limit', { providers: { maximumCount: 10 } }],
  ])('does not change with %s', (_what, changes) => {
    expect(hash(changes)).toBe(hash());
  });
});
