import { freePort } from '../../../src/local/free-port';

describe('a free port', () => {
  it.each([
    ['with 0, which means any', 0],
    ['with one that only administrators may use', 80],
    ['with the last one', 65_535],
    ['without a preference', undefined],
  ])('is found %s', async (_what, preferred) => {
    const port = await freePort(preferred);
    expect(port).toBeGreaterThan(0);
    expect(port).toBeLessThan(65_536);
  });
});
