import { createLogger } from '../../../src/process/logger';
import { Trouble } from '../../../src/process/trouble';
import { createSdkLogger } from '../../../src/temporal/connection/sdk-logger';

function recording() {
  const lines: string[] = [];
  return {
    log: createLogger('info', { write: (line) => lines.push(line) }),
    said: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

describe('a trouble', () => {
  it('is logged at once, when its reason changes, once a minute, and when it is over', () => {
    const { log, said } = recording();
    let now = 0;
    const trouble = new Trouble(log, 'Postgres cannot be used', 'Postgres can be used again', () => now);
    trouble.over();
    for (now = 0; now <= 120_000; now += 5_000) trouble.occurred(now < 30_000 ? 'refused' : 'not migrated');
    trouble.over();
    trouble.over();
    const since = new Date(0).toISOString();
    expect(said().map(({ msg, reason, since }) => [msg, reason, since])).toEqual([
      ['Postgres cannot be used', 'refused', since],
      ['Postgres cannot be used', 'not migrated', since],
      ['Postgres cannot be used', 'not migrated', since],
      ['Postgres can be used again', undefined, since],
    ]);
  });
});

describe("a line of the SDK's log", () => {
  it('that is repeated is logged once a minute, with the number of repetitions', () => {
    const { log, said } = recording();
    let now = 0;
    const sdk = createSdkLogger(log, () => now);
    for (now = 0; now < 120_000; now += 1_000) {
      sdk.warn(`gRPC call failed, attempt ${now}`, { error: 'Status: unavailable' });
    }
    sdk.warn('Another line');
    expect(said().map(({ msg, repeated }) => [msg, repeated])).toEqual([
      ['gRPC call failed, attempt 0', undefined],
      ['gRPC call failed, attempt 60000', 59],
      ['Another line', undefined],
    ]);
  });
});
