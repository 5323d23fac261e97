import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { Command } from 'commander';
import { asList } from '../../../src/cli/list-command';
import { withStore } from '../../../src/cli/with-store';
import { ExpectedError } from '../../../src/process/expected-error';
import { withOutside } from '../../../src/process/outside';
import { runHere } from '../../support/command-here';
import { connectTestClient } from '../../support/connect-test-client';
import { until } from '../../support/scenario';
import { useStore } from '../../support/store-fixtures';
import { testTemporalConfig } from '../../support/temporal-config';
import { startTemporalGateway } from '../../support/temporal-gateway';

const store = useStore();

describe('a command that loses an idle connection to Postgres', () => {
  it('continues with a new one, and logs nothing', async () => {
    let said = '';
    const write = (text: string) => {
      said += text;
    };
    const { dataSource: outer } = store;
    const url = String(Reflect.get(outer.options, 'url'));
    const outside = { env: { DATABASE_URL: url }, stdout: { write }, stderr: { write } };
    const rows = await withOutside(outside, () =>
      withStore(async (dataSource) => {
        const { master } = dataSource.driver as unknown as { master: { totalCount: number } };
        expect(master.totalCount).toBe(1);
        await outer.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE datname = current_database() AND application_name = 'provider-sync cli'`,
        );
        await until(() => master.totalCount === 0);
        return dataSource.query('SELECT 1 AS one');
      }),
    );
    expect(rows).toEqual([{ one: 1 }]);
    expect(said).toBe('');
  });
});

describe('a sync that loses Temporal after the start of its run', () => {
  it('says that the run was started, and where its end is shown', async () => {
    const gateway = await startTemporalGateway({ to: process.env.TEST_TEMPORAL_ADDRESS ?? '' });
    gateway.refuseCalls('GetWorkflowExecutionHistory', 'UNAUTHENTICATED');
    const { code, stdout, stderr } = await runHere(['sync'], {
      DATA_DIR: tmpdir(),
      TEMPORAL_ADDRESS: gateway.address,
      TASK_QUEUE: randomUUID(),
      PAYLOAD_KEYS: `a:${Buffer.alloc(32).toString('base64')}`,
    });
    gateway.close();
    const last = stderr.trimEnd().split('\n').at(-1) ?? '';
    const end =
      /did not answer as expected .* The run was started and may still be running\. See: npx provider-sync runs show (\S+)$/;
    expect(last).toMatch(end);
    expect([code, stdout]).toEqual([2, '']);
    const [, workflowId = ''] = end.exec(last) ?? [];
    const client = await connectTestClient(testTemporalConfig());
    await client.workflow.getHandle(workflowId).terminate();
    await client.connection.close();
  });
});

describe('a list that loses Postgres before its summary', () => {
  it('prints nothing', async () => {
    let said = '';
    const write = (text: string) => {
      said += text;
    };
    const command = new Command();
    asList(command, {
      filters: [],
      read: async () => ({ items: [1], nextCursor: null }),
      format: String,
      summarize: () => Promise.reject(new ExpectedError('Postgres was lost')),
      noMatch: '',
      none: '',
    });
    const env = { DATABASE_URL: String(Reflect.get(store.dataSource.options, 'url')) };
    const outside = { env, stdout: { write }, stderr: { write } };
    const listed = withOutside(outside, () => command.parseAsync([], { from: 'user' }));
    await expect(listed).rejects.toThrow('Postgres was lost');
    expect(said).toBe('');
  });
});
