import type { Command } from 'commander';
import type { cancelRunCommand } from './cancel-run';
import { addParts, type CommandPart } from './command-parts';
import type { Loading } from './commands';
import type { compareRunsCommand } from './compare-runs';
import type { decideRunCommands } from './decide-run';
import type { listCallsCommand } from './list-calls';
import type { listRunsCommand } from './list-runs';
import type { replayRunCommand } from './replay-run';
import type { runCausesCommand } from './run-causes';
import type { showRunCommand } from './show-run';

const PARTS: readonly CommandPart[] = [
  { names: ['list'], load: (): typeof listRunsCommand => require('./list-runs').listRunsCommand },
  { names: ['show'], load: (): typeof showRunCommand => require('./show-run').showRunCommand },
  { names: ['causes'], load: (): typeof runCausesCommand => require('./run-causes').runCausesCommand },
  { names: ['compare'], load: (): typeof compareRunsCommand => require('./compare-runs').compareRunsCommand },
  { names: ['calls'], load: (): typeof listCallsCommand => require('./list-calls').listCallsCommand },
  { names: ['replay'], load: (): typeof replayRunCommand => require('./replay-run').replayRunCommand },
  { names: ['cancel'], load: (): typeof cancelRunCommand => require('./cancel-run').cancelRunCommand },
  {
    names: ['approve', 'reject'],
    load: (): typeof decideRunCommands => require('./decide-run').decideRunCommands,
  },
];

/** `runs list`, `runs show`, `runs causes`, `runs compare`, `runs replay`, `runs cancel`, `runs approve` and `runs reject` */
export function runsCommand(runs: Command, { words }: Loading): void {
  addParts(runs, PARTS, words);
}
