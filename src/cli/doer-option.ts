import { userInfo } from 'node:os';
import { Option } from 'commander';

/** The option `--by` of a command with which a person starts, cancels or decides. */
export function doerOption(about: string): Option {
  return new Option('--by <name>', `your name, kept with ${about}`).default(userName(), 'your user name');
}

/** The name of the account; an account without a name has a number only. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? ''}`.trim();
  }
}
