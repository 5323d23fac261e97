import type { Command } from 'commander';

/** Commands below another command that one file adds, such as `list` below `runs`. */
export interface CommandPart {
  readonly names: readonly string[];
  /** Loads the file. */
  readonly load: () => (parent: Command) => void;
}

/**
 * Adds the commands below a command. If the command line names one of them, only its file is loaded: others may need
 * packages that take longer to load than the command takes. Otherwise, as for the help, all are loaded.
 *
 * @param words the words of the command line
 */
export function addParts(parent: Command, parts: readonly CommandPart[], words: readonly string[]): void {
  const named = parts.filter(({ names }) => names.some((name) => words.includes(name)));
  for (const { load } of named.length > 0 ? named : parts) load()(parent);
}
