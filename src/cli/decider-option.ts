import { userInfo } from 'node:os';
import { Option } from 'commander';

/** The option `--by` of a command with which a person decides. */
export function deciderOption(about: string): Option {
  return new Option('--by <name>', `the name of the person who decides, kept with ${about}`).default(
    userName(),
    'your user name',
  );
}

/** The name of the account; an account without a name has a number only. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? ''}`.trim();
  }
}
