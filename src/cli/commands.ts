import { Command } from 'commander';
import { version } from '../process/package-root';
import type { apiCommand } from './api';
import type { changesCommand } from './changes';
import type { completionCommand } from './completion';
import type { demoCommand } from './demo';
import type { devCommand } from './dev';
import type { doctorCommand } from './doctor';
import type { migrateCommand } from './migrate';
import type { partnersCommand } from './partners';
import type { providersCommand } from './providers';
import type { pruneCommand } from './prune';
import type { rejectedCommand } from './rejected';
import type { runsCommand } from './runs';
import type { schedulesCommand } from './schedules';
import type { simulatorCommand } from './simulator';
import type { syncCommand } from './sync';
import type { tokensCommand } from './tokens';
import type { webhooksCommand } from './webhooks';
import type { workerCommand } from './worker';
import type { workersCommand } from './workers';

interface LoadableCommand {
  readonly about: string;
  /** Loads the file that adds the command's options and action. */
  readonly load: () => (command: Command, loading: Loading) => void;
}

/** What a command knows about how it is loaded. */
export interface Loading {
  /** The words of the command line; none if all commands are loaded. */
  readonly words: readonly string[];
  /** Loads the program with all commands. */
  readonly loadProgram: () => Command;
}

/** Every command, in the order of the help. A command's file is loaded only if the command is used. */
const COMMANDS: Readonly<Record<string, LoadableCommand>> = {
  dev: {
    about: 'start everything on this machine and run a first sync (npm start)',
    load: (): typeof devCommand => require('./dev').devCommand,
  },
  demo: {
    about:
      'kill a worker in the middle of a run, and show that the run ends without another call (npm run demo)',
    load: (): typeof demoCommand => require('./demo').demoCommand,
  },
  worker: {
    about: 'work on runs until stopped; start as many workers as you need',
    load: (): typeof workerCommand => require('./worker').workerCommand,
  },
  api: {
    about: 'serve the API and the pages until stopped',
    load: (): typeof apiCommand => require('./api').apiCommand,
  },
  migrate: {
    about: 'bring the tables in Postgres up to this version, or revert one migration',
    load: (): typeof migrateCommand => require('./migrate').migrateCommand,
  },
  simulator: {
    about: 'run a simulated partner that hangs, fails and cuts off its answers',
    load: (): typeof simulatorCommand => require('./simulator').simulatorCommand,
  },
  sync: {
    about: 'run a sync and wait until it finishes',
    load: (): typeof syncCommand => require('./sync').syncCommand,
  },
  runs: {
    about: 'list, show, cancel and approve runs',
    load: (): typeof runsCommand => require('./runs').runsCommand,
  },
  rejected: {
    about: 'list, dismiss and reopen the records that could not be used',
    load: (): typeof rejectedCommand => require('./rejected').rejectedCommand,
  },
  providers: {
    about: 'list, show and erase the providers in the directory',
    load: (): typeof providersCommand => require('./providers').providersCommand,
  },
  changes: {
    about: 'list what changed in the directory: who is new, who left, who changed',
    load: (): typeof changesCommand => require('./changes').changesCommand,
  },
  partners: {
    about: 'list the partners, check partners.yaml and the connection to each, and print its schema',
    load: (): typeof partnersCommand => require('./partners').partnersCommand,
  },
  schedules: {
    about: "apply, list and control the partners' schedules in Temporal",
    load: (): typeof schedulesCommand => require('./schedules').schedulesCommand,
  },
  workers: {
    about: 'list the workers that Temporal sees, with version, slots and what they execute',
    load: (): typeof workersCommand => require('./workers').workersCommand,
  },
  webhooks: {
    about: 'list the receivers of webhooks, show, replay and test their messages',
    load: (): typeof webhooksCommand => require('./webhooks').webhooksCommand,
  },
  prune: {
    about: 'remove history that is older than the workers keep it',
    load: (): typeof pruneCommand => require('./prune').pruneCommand,
  },
  tokens: {
    about: 'create tokens for access to the API and the pages',
    load: (): typeof tokensCommand => require('./tokens').tokensCommand,
  },
  doctor: {
    about:
      'check Node, configuration, Postgres, Temporal, workers, runs, keys, schedules and partners; say what to do',
    load: (): typeof doctorCommand => require('./doctor').doctorCommand,
  },
  completion: {
    about: 'print a script that completes commands and options in a shell',
    load: (): typeof completionCommand => require('./completion').completionCommand,
  },
};

/**
 * The program. Commands that are not loaded have a name and a description only, which is enough for the help.
 *
 * @param words load the commands among these words of the command line; all commands without it
 */
export function createProgram(words?: readonly string[]): Command {
  const program = new Command('provider-sync')
    .description(
      "Keeps a directory of a partner's providers up to date, although the partner's API is unreliable.",
    )
    .version(version);
  const loading: Loading = { words: words ?? [], loadProgram: createProgram };
  for (const [name, { about, load }] of Object.entries(COMMANDS)) {
    const command = program.command(name).description(about);
    if (words?.includes(name) ?? true) load()(command, loading);
  }
  return program;
}
