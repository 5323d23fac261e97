import { runProgram } from './command';
import type { Scenario } from './scenario';

/** Runs the real CLI of Temporal on the scenario's server, as an operator does. */
export async function temporal({ env, taskQueue }: Scenario, ...args: string[]): Promise<void> {
  const address = ['--address', env.TEMPORAL_ADDRESS ?? ''];
  const starts = args[1] === 'start' ? ['--type', 'syncProviders', '--task-queue', taskQueue] : [];
  const { code, stderr } = await runProgram(process.env.TEMPORAL_CLI_PATH ?? '', [
    ...args,
    ...starts,
    ...address,
  ]);
  if (code !== 0) throw new Error(`temporal ${args.join(' ')}: ${stderr}`);
}
