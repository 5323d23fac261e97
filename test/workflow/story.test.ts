import type { WorkflowHandle } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { run, useTestEnvironment } from '../support/fake-run';

useTestEnvironment({ skipTime: false });

/** Temporal's UI shows about this many characters of a summary. */
const SUMMARY_LENGTH = 50;

interface Metadata {
  readonly currentDetails?: string;
}

describe('the details of a run in Temporal', () => {
  const read = { details: '', summaries: [] as string[] };

  beforeAll(async () => {
    await run(
      { auth: ['PartnerError', 'ok'], providers: ['hang'] },
      {
        act: async (fake, cancel, handle) => {
          while (fake.count('providers') === 0) await new Promise((resolve) => setTimeout(resolve, 20));
          const metadata = await handle.query<Metadata>('__temporal_workflow_metadata');
          read.details = metadata.currentDetails ?? '';
          await cancel();
        },
      },
    );
    await run(
      {},
      {
        act: async (_fake, _cancel, handle) => {
          read.summaries = await readSummaries(handle);
        },
      },
    );
  });

  it('are the finished steps, and where to find the calls of the running step', () => {
    expect(read.details.split('\n')).toEqual([
      '- Authenticated (2 calls: PartnerError, ok)',
      "- **Fetching providers from noteworth, in at most 3 calls …** (each call so far: the run's page, or the heartbeat of the pending activity)",
    ]);
  });

  it('have a summary of each step that Temporal shows completely', () => {
    expect(read.summaries.length).toBeGreaterThanOrEqual(4);
    for (const summary of read.summaries) expect(summary.length).toBeLessThanOrEqual(SUMMARY_LENGTH);
  });
});

async function readSummaries(handle: WorkflowHandle): Promise<string[]> {
  await handle.result();
  const { events = [] } = await handle.fetchHistory();
  const summaries = (events ?? []).flatMap(({ userMetadata }) => userMetadata?.summary ?? []);
  const [codec] = handle.client.options.loadedDataConverter.payloadCodecs;
  const decoded = (await codec?.decode(summaries)) ?? [];
  return decoded.map((summary) => defaultPayloadConverter.fromPayload<string>(summary));
}
