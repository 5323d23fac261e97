import { labelProgress } from '../../../src/operations/explain-step';

describe('a line of progress on a page', () => {
  it.each([
    [
      'fetchProviders: attempt 2 of at most 3, after PartnerTimeout',
      'Fetch providers, attempt 2 of at most 3, after PartnerTimeout',
    ],
    ['persistProviders: waiting for Postgres: it is down', 'Store, waiting for Postgres: it is down'],
    ['waiting for a worker of v2', 'waiting for a worker of v2'],
    ['other: attempt 1', 'other: attempt 1'],
  ])('names the step as the table does: %s', (line, shown) => {
    expect(labelProgress(line)).toBe(shown);
  });
});
