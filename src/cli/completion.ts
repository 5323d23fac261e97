import { Argument, type Command } from 'commander';
import { outside } from '../process/outside';
import type { Loading } from './commands';
import { COMPLETION_SCRIPTS, type Shell } from './completion-scripts';

const SHELLS = Object.keys(COMPLETION_SCRIPTS);

/** `completion` */
export function completionCommand(completion: Command, { loadProgram }: Loading): void {
  completion
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .addHelpText(
      'after',
      '\nbash: source <(provider-sync completion bash)\nzsh: source <(provider-sync completion zsh)\nfish: provider-sync completion fish | source',
    )
    .action((shell: Shell) => {
      outside().stdout.write(COMPLETION_SCRIPTS[shell](loadProgram()));
    });
}
