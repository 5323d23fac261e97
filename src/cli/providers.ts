import type { Command } from 'commander';
import { addParts, type CommandPart } from './command-parts';
import type { Loading } from './commands';
import type { eraseProviderCommands } from './erase-provider';
import type { listProvidersCommand } from './list-providers';
import type { showProviderCommand } from './show-provider';

const PARTS: readonly CommandPart[] = [
  {
    names: ['list'],
    load: (): typeof listProvidersCommand => require('./list-providers').listProvidersCommand,
  },
  { names: ['show'], load: (): typeof showProviderCommand => require('./show-provider').showProviderCommand },
  {
    names: ['erase', 'unerase', 'erasures'],
    load: (): typeof eraseProviderCommands => require('./erase-provider').eraseProviderCommands,
  },
];

/** `providers list`, `show`, `erase`, `unerase` and `erasures` */
export function providersCommand(providers: Command, { words }: Loading): void {
  addParts(providers, PARTS, words);
}
