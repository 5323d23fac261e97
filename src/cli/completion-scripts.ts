import type { Command } from 'commander';

/** What can follow a command. */
interface Place {
  /** The command's words, each after a slash: `/runs/list`; empty for the program. */
  readonly path: string;
  /** Commands and options. */
  readonly words: readonly string[];
  /** Options and arguments with a fixed set of values; the key of an argument is empty. */
  readonly choices: Readonly<Record<string, readonly string[]>>;
}

/** Functions that write a completion script for each shell. A script holds all words, so TAB starts no process. */
export const COMPLETION_SCRIPTS = { bash, zsh, fish };
export type Shell = keyof typeof COMPLETION_SCRIPTS;

function bash(program: Command): string {
  const places = listPlaces(program);
  const paths = places.filter(({ path }) => path).map(({ path }) => path);
  const choices = places.flatMap(({ path, choices }) =>
    Object.entries(choices)
      .filter(([option]) => option)
      .map(([option, values]) => `    '${path} ${option}') words='${values.join(' ')}' ;;`),
  );
  const words = places.map(({ path, words }) => `      '${path}') words='${words.join(' ')}' ;;`);
  return `# bash completion of provider-sync
_provider_sync() {
  local path='' words='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$path/\${COMP_WORDS[i]}" in
      ${paths.join('|')}) path="$path/\${COMP_WORDS[i]}" ;;
    esac
  done
  case "$path \${COMP_WORDS[COMP_CWORD-1]}" in
${choices.join('\n')}
    *) case "$path" in
${words.join('\n')}
    esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _provider_sync provider-sync
`;
}

/** zsh runs the function for bash through its own compatibility layer. */
function zsh(program: Command): string {
  return `# zsh completion of provider-sync
autoload -U +X compinit && compinit
autoload -U +X bashcompinit && bashcompinit
${bash(program)}`;
}

function fish(program: Command): string {
  const lines = listPlaces(program).flatMap(({ path, words, choices }) => {
    const condition = fishCondition(path, words);
    const add = (rest: string) => `complete -c provider-sync -f -n '${condition}' ${rest}`;
    return [
      add(`-a '${words.filter((word) => !word.startsWith('-')).join(' ')}'`),
      ...words
        .filter((word) => word.startsWith('--'))
        .map((word) =>
          add(`-l ${word.slice(2)}${choices[word] ? ` -x -a '${choices[word].join(' ')}'` : ''}`),
        ),
    ];
  });
  return `# fish completion of provider-sync\n${lines.join('\n')}\n`;
}

/** True while the command line holds the path, and no command below it. */
function fishCondition(path: string, words: readonly string[]): string {
  const seen = path.split('/').filter(Boolean);
  const below = words.filter((word) => /^[a-z]/.test(word));
  return [
    ...seen.map((word) => `__fish_seen_subcommand_from ${word}`),
    ...(below.length > 0 ? [`not __fish_seen_subcommand_from ${below.join(' ')}`] : []),
  ].join('; and ');
}

function listPlaces(command: Command, path = ''): Place[] {
  const help = command.createHelp();
  const children = help.visibleCommands(command);
  const options = help.visibleOptions(command).filter(({ long }) => long);
  const given = command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices);
  const chosen = options.flatMap(({ long, argChoices }) => (long && argChoices ? [[long, argChoices]] : []));
  return [
    {
      path,
      words: [
        ...children.map((child) => child.name()),
        ...given,
        ...options.flatMap(({ long }) => long ?? []),
      ],
      choices: Object.fromEntries(chosen),
    },
    ...children.flatMap((child) => listPlaces(child, `${path}/${child.name()}`)),
  ];
}
