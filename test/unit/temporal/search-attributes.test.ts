import type { Client } from '@temporalio/client';
import { createLogger } from '../../../src/process/logger';
import { SearchAttributes } from '../../../src/temporal/search-attributes';

const CHECK_EVERY_MS = 30_000;
const TEXT = 1;

/** gRPC's status codes. */
const CODES = {
  DEADLINE_EXCEEDED: 4,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  INVALID_ARGUMENT: 3,
  UNAUTHENTICATED: 16,
};
type Code = keyof typeof CODES;

function failWith(code: Code): never {
  throw Object.assign(new Error(code), { code: CODES[code], details: code, metadata: {} });
}

/** A Temporal that answers as the test sets it. */
class FakeTemporal {
  look: 'usable' | Code = 'INVALID_ARGUMENT';
  add: 'added' | Code = 'added';
  registered: Record<string, number> = {};
  looks = 0;

  readonly client = {
    options: { namespace: 'default' },
    withDeadline: (_deadline: number, ask: () => Promise<unknown>) => ask(),
    workflowService: {
      countWorkflowExecutions: async () => {
        this.looks++;
        if (this.look !== 'usable') failWith(this.look);
      },
    },
    connection: {
      operatorService: {
        listSearchAttributes: async () => ({ customAttributes: this.registered }),
        addSearchAttributes: async () => {
          if (this.add !== 'added') failWith(this.add);
        },
      },
    },
  } as unknown as Client;
}

describe('the search attributes while a worker runs', () => {
  let now: number;
  let temporal: FakeTemporal;
  let lines: string[];
  let attributes: SearchAttributes;

  beforeEach(() => {
    now = CHECK_EVERY_MS;
    jest.spyOn(Date, 'now').mockImplementation(() => now);
    temporal = new FakeTemporal();
    lines = [];
    const log = createLogger('warn', { write: (line) => lines.push(line) });
    attributes = new SearchAttributes(temporal.client, log, true);
  });
  afterEach(() => jest.restoreAllMocks());

  it.each<Code>([
    'PERMISSION_DENIED',
    'UNIMPLEMENTED',
    'UNAUTHENTICATED',
    'INVALID_ARGUMENT',
    'FAILED_PRECONDITION',
  ])('are not set by runs any more after %s', async (code) => {
    temporal.add = code;
    await attributes.keep();
    expect(attributes.usable).toBe(false);
    expect(lines).toEqual([expect.stringContaining('temporal operator search-attribute create')]);
  });

  it('are not set by runs any more if Temporal has one with another type', async () => {
    temporal.registered = { SyncPartner: TEXT };
    await attributes.keep();
    expect(attributes.usable).toBe(false);
  });

  it.each<Code>(['DEADLINE_EXCEEDED', 'UNAVAILABLE', 'ALREADY_EXISTS', 'RESOURCE_EXHAUSTED', 'INTERNAL'])(
    'stay set by runs after %s, and are registered by the next attempt',
    async (code) => {
      temporal.add = code;
      await attributes.keep();
      expect(attributes.usable).toBe(true);
      expect(lines).toEqual([expect.stringContaining('in 30 s')]);

      temporal.add = 'added';
      now += CHECK_EVERY_MS;
      await attributes.keep();
      expect(attributes.usable).toBe(true);
      expect(lines).toHaveLength(2);
      expect(lines[1]).toContain('registered them again');
    },
  );

  it('are looked at again at once after they were registered', async () => {
    await attributes.keep();
    temporal.look = 'usable';
    await attributes.keep();
    expect(temporal.looks).toBe(2);
    await attributes.keep();
    expect(temporal.looks).toBe(2);
  });

  it('are looked at every 30 s, also if the look fails', async () => {
    temporal.look = 'DEADLINE_EXCEEDED';
    await attributes.keep();
    await attributes.keep();
    expect(temporal.looks).toBe(1);
    now += CHECK_EVERY_MS;
    await attributes.keep();
    expect(temporal.looks).toBe(2);
    expect(attributes.usable).toBe(true);
  });
});
