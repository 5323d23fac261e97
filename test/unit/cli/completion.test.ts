import { spawnSync } from 'node:child_process';
import { createProgram } from '../../../src/cli/commands';
import { COMPLETION_SCRIPTS } from '../../../src/cli/completion-scripts';
import { RUN_STATUSES } from '../../../src/contract/run';

const program = createProgram();

/** What bash offers after these words; the last one is incomplete. */
function complete(...words: string[]): string[] {
  const script = `${COMPLETION_SCRIPTS.bash(program)}
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_provider_sync
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', 'provider-sync', ...words], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return stdout.split('\n').filter(Boolean);
}

describe('completion in bash', () => {
  it('offers every command', () => {
    const names = program.commands.map((command) => command.name());
    expect(complete('')).toEqual(expect.arrayContaining([...names, '--help', '--version']));
    expect(complete('do')).toEqual(['doctor']);
  });

  it('offers the commands below a command, and their options', () => {
    expect(complete('runs', '')).toEqual(
      expect.arrayContaining(['list', 'show', 'cancel', 'approve', 'reject']),
    );
    expect(complete('runs', 'list', '--cu')).toEqual(['--cursor']);
    expect(complete('sync', 'noteworth', '--')).toEqual(['--timeout', '--by', '--json', '--help']);
  });

  it('offers the values of an option and of an argument', () => {
    expect(complete('runs', 'list', '--status', '')).toEqual([...RUN_STATUSES]);
    expect(complete('completion', '')).toEqual(expect.arrayContaining(['bash', 'zsh', 'fish']));
  });
});

describe('completion in other shells', () => {
  it('uses the function of bash in zsh', () => {
    expect(COMPLETION_SCRIPTS.zsh(program)).toContain(COMPLETION_SCRIPTS.bash(program));
  });

  it('has a line for each command and each option in fish', () => {
    const script = COMPLETION_SCRIPTS.fish(program);
    expect(script).toMatch(
      /-n '__fish_seen_subcommand_from runs; and not .* list show .* replay cancel .*' -a 'list show .* replay cancel/,
    );
    expect(script).toMatch(/__fish_seen_subcommand_from list' -l status -x -a 'running succeeded/);
  });
});
