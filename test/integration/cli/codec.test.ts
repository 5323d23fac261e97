import { randomUUID } from 'node:crypto';
import type { SyncResult } from '../../../src/contract/run';
import { useApi } from '../../support/api';
import { runProgram } from '../../support/command';
import { serving, TEN } from '../../support/people';
import { useSystem } from '../../support/system';

/*
 * The real Temporal CLI with our codec endpoint, as an operator uses it.
 */

const system = useSystem();
const api = useApi(() => ({ temporal: system.config }));

async function temporal(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runProgram(process.env.TEMPORAL_CLI_PATH ?? '', [
    ...args,
    ...['--address', system.config.connection.address ?? '', '--codec-endpoint', `${api.url}/codec`],
  ]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
  return stdout;
}

describe("Temporal's CLI with the codec endpoint", () => {
  it('shows inputs, results, summaries and failures of a run', async () => {
    const good = await system.sync({ auth: ['error500'], providers: [serving(...TEN)] });
    const shown = await temporal('workflow', 'show', '--detailed', '--workflow-id', good.run.workflowId);
    for (const text of ["O'Hara-Ķeita", 'Get a token from noteworth', '"partner":"noteworth"']) {
      expect(shown.replace(/\\"/g, '"')).toContain(text);
    }
    const bad = await system.sync({ providers: ['unauthorized'] });
    expect(await temporal('workflow', 'show', '--detailed', '--workflow-id', bad.run.workflowId)).toContain(
      'HTTP 401',
    );
  });

  it('prints the story of a run', async () => {
    const { run } = await system.sync({ auth: ['error500'], providers: [serving(...TEN)] });
    const printed = await temporal('workflow', 'metadata', '--workflow-id', run.workflowId);
    expect(printed).toMatch(/Current Details:\n.*- Authenticated \(2 calls: PartnerError, ok\)\n/);
    expect(printed).toContain('Succeeded. 10 received');
  });

  it('starts a run whose input it encrypts', async () => {
    system.simulator.reset();
    system.simulator.script('providers', [serving(...TEN)]);
    const workflowId = randomUUID();
    await temporal(
      ...['workflow', 'start', '--type', 'syncProviders', '--task-queue', system.config.taskQueue],
      ...['--workflow-id', workflowId, '--input', '{"partner":"noteworth"}'],
    );
    const result: SyncResult = await system.client.workflow.getHandle(workflowId).result();
    expect(result).toMatchObject({ status: 'succeeded', partner: 'noteworth' });
  });
});
