import { randomBytes } from 'node:crypto';
import { type System, startSystem } from '../support/system';

let system: System;

beforeAll(async () => {
  system = await startSystem({ deadline: '30s', maxBytes: 32 * 2 ** 20 });
});
afterAll(() => system.stop());

function people(count: number, name: (number: number) => string) {
  return Array.from({ length: count }, (_, number) => ({
    name_given: name(number),
    name_family: 'Lee',
    title: 'NP',
    clinic: `Clinic ${number % 50}`,
  }));
}

describe('a large answer', () => {
  it('of ten thousand records goes through Temporal into the directory', async () => {
    const records = people(10_000, (number) => `Ann ${number}`);
    const { run } = await system.sync({ providers: [{ fault: 'records', records }] });
    expect(run).toMatchObject({ status: 'succeeded', received: 10_000, inserted: 10_000 });
  });

  it('that Temporal could not carry ends the run by its name, after one call', async () => {
    const records = people(40_000, () => randomBytes(60).toString('base64'));
    const { run } = await system.sync({ providers: [{ fault: 'records', records }] });
    expect(run).toMatchObject({ status: 'failed', failure: { type: 'ResponseTooLarge' } });
    expect(system.calls('providers')).toBe(1);
  });

  it('of more records than are taken ends the run by its name, after one call', async () => {
    const body = `{"providers":[${'0,'.repeat(200_000)}0]}`;
    const { run } = await system.sync({ providers: [{ fault: 'raw', body }] });
    expect(run).toMatchObject({ status: 'failed', failure: { type: 'ResponseTooLarge' } });
    expect(system.calls('providers')).toBe(1);
  });
});
