import { randomUUID } from 'node:crypto';
import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { runProgram } from '../../support/command';
import { callsTo, client, env, partnerAnswers, run, useInstallation } from '../../support/installation';

useInstallation();

describe('a run started in Temporal', () => {
  /** Starts the workflow with the Temporal CLI and waits for its end. */
  async function startInTemporal(...inputs: string[]): Promise<unknown> {
    const workflowId = `by-hand-${randomUUID()}`;
    const { code, stderr } = await runProgram(process.env.TEMPORAL_CLI_PATH ?? '', [
      ...['workflow', 'start', '--address', env.TEMPORAL_ADDRESS ?? ''],
      ...['--type', 'syncProviders', '--task-queue', env.TASK_QUEUE ?? ''],
      ...['--workflow-id', workflowId],
      ...inputs,
    ]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    return client.workflow.getHandle(workflowId).result();
  }

  it.each([
    ['no input', []],
    ['null', ['--input', 'null']],
    ['an empty object', ['--input', '{}']],
    ['its partner', ['--input', '{"partner":"noteworth"}']],
  ])('succeeds with %s', async (_what, inputs) => {
    await partnerAnswers();
    expect(await startInTemporal(...inputs)).toMatchObject({ status: 'succeeded', partner: 'noteworth' });
  });

  it.each([
    ['a text', ['--input', '"noteworth"'], 'InvalidInput'],
    ['a list', ['--input', '[1]'], 'InvalidInput'],
    ['an unknown field', ['--input', '{"who":"noteworth"}'], 'InvalidInput'],
    ['two inputs', ['--input', '{}', '--input', '{}'], 'InvalidInput'],
    ['bytes', ['--input', 'garbage', '--input-meta', 'encoding=binary/plain'], 'InvalidInput'],
    ['a message of Protobuf', ['--input', '{}', '--input-meta', 'encoding=json/protobuf'], 'InvalidInput'],
    ['an unknown encoding', ['--input', 'garbage', '--input-meta', 'encoding=of/nobody'], 'InvalidInput'],
    ['a name that no partner can have', ['--input', '{"partner":"No Body"}'], 'UnknownPartner'],
  ])('fails by name with %s', async (_what, inputs, type) => {
    await partnerAnswers();
    const error = await startInTemporal(...inputs).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(WorkflowFailedError);
    const { cause } = error as WorkflowFailedError;
    expect(cause).toBeInstanceOf(ApplicationFailure);
    expect((cause as ApplicationFailure).type).toBe(type);
    expect(await callsTo('auth')).toEqual([]);
  });

  it('is in the list of runs, by its trigger', async () => {
    await partnerAnswers();
    await run('sync');
    const { stdout } = await run('runs list --json --limit 500');
    const triggers = JSON.parse(stdout).items.map(({ trigger }: { trigger: string }) => trigger);
    expect(new Set(triggers)).toEqual(new Set(['cli', 'temporal']));
  });
});
