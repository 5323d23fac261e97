import { MAIN, runProgram } from '../../support/command';
import { env, run, useInstallation } from '../../support/installation';

useInstallation();

/** At the end of the process, prints the packages that it has loaded. */
const PRINT_PACKAGES = `
  import Module from 'node:module';
  process.on('exit', () => {
    const packages = Object.keys(Module._cache).map((path) => /.*node_modules.((?:@[^/]+.)?[^/]+)/.exec(path)?.[1]);
    console.error(JSON.stringify([...new Set(packages)]));
  });
`;

/** Runs the command in a process of its own. Most other tests run it in theirs. */
async function packagesOf(command: string, exitCode = 0): Promise<string[]> {
  const hook = `data:text/javascript,${encodeURIComponent(PRINT_PACKAGES)}`;
  const args = ['--import', hook, MAIN, ...command.split(' ')];
  const { code, stdout, stderr } = await runProgram(process.execPath, args, env);
  expect({ command, code, hasOutput: stdout !== '' }).toEqual({
    command,
    code: exitCode,
    hasOutput: exitCode === 0,
  });
  return JSON.parse(stderr.trim().split('\n').at(-1) ?? '');
}

describe('the packages that a command loads', () => {
  it.each(['--help', '--version', 'tokens create', 'partners schema'])(
    'are neither those of Postgres nor those of Temporal for %s',
    async (command) => {
      const packages = await packagesOf(command);
      expect(packages).toContain('commander');
      expect(packages).not.toContain('typeorm');
      expect(packages).not.toContain('@temporalio/client');
    },
  );

  it('are not those of Temporal for a command that reads Postgres only', async () => {
    await run('sync noteworth');
    const { items } = JSON.parse((await run('runs list --json')).stdout);
    const commands = ['migrate', 'providers list', 'changes', 'rejected list', 'runs list', 'runs causes'];
    for (const command of [...commands, `runs show ${items[0].id}`, `runs calls ${items[0].id}`]) {
      const packages = await packagesOf(command);
      expect([command, packages.includes('typeorm')]).toEqual([command, true]);
      expect([command, packages.includes('@temporalio/client')]).toEqual([command, false]);
    }
  });

  it.each([
    'workers',
    'schedules list',
    'partners list',
    'webhooks list',
    'prune --dry-run',
    'sync',
    'doctor',
  ])('are not those of a worker for %s', async (command) => {
    const packages = await packagesOf(command);
    expect(packages).toContain('@temporalio/client');
    expect(packages).not.toContain('@temporalio/worker');
  });

  it('are those of Temporal for a run that is not recorded', async () => {
    expect(await packagesOf('runs show unknown', 2)).toContain('@temporalio/client');
  });
});
