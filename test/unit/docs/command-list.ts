import type { Argument, Command, Option } from 'commander';
import { createProgram } from '../../../src/cli/commands';
import { code, table } from './markdown';

/** A command without commands below it, such as `runs list`. */
export interface ListedCommand {
  readonly path: string;
  readonly command: Command;
}

/** Every command that does something. */
export function listCommands(): ListedCommand[] {
  return leaves(createProgram(), '');
}

/** Every command with its arguments and options. */
export function commandList(): string {
  return listCommands().map(describeCommand).join('\n\n');
}

function describeCommand({ path, command }: ListedCommand): string {
  const given = command.registeredArguments;
  const rows = [
    ...given.filter(({ description }) => description).map((one) => [code(usageOf(one)), one.description]),
    ...command.options.map((option) => [code(option.flags), meaningOf(option)]),
  ];
  const description = command.description();
  return [
    `### \`${[path, ...given.map(usageOf)].join(' ')}\``,
    `${description.charAt(0).toUpperCase()}${description.slice(1)}.`,
    ...(rows.length > 0 ? [table(['option', 'meaning'], rows)] : []),
  ].join('\n\n');
}

function leaves(command: Command, before: string): ListedCommand[] {
  return command.commands.flatMap((child) => {
    const path = `${before}${child.name()}`;
    return child.commands.length > 0 ? leaves(child, `${path} `) : [{ path, command: child }];
  });
}

function usageOf(argument: Argument): string {
  return argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;
}

function meaningOf({ description, argChoices, defaultValue, defaultValueDescription }: Option): string {
  const fallback = defaultValueDescription ?? defaultValue;
  return [
    description,
    argChoices && `one of ${argChoices.join(', ')}`,
    fallback !== undefined && `default: ${fallback}`,
  ]
    .filter(Boolean)
    .join('; ');
}
