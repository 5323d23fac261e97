import { type Command, Option } from 'commander';
import { createApiToken, ROLES, type Role } from '../process/api-tokens';
import { say, writeJson } from './output';

/** `tokens create` */
export function tokensCommand(tokens: Command): void {
  tokens
    .command('create')
    .description('create a token, and print its hash for API_TOKENS')
    .addOption(new Option('--role <role>', 'what the token permits').choices(ROLES).default('viewer'))
    .option('--json', 'print JSON')
    .action(({ role, json }: { role: Role; json?: boolean }) => {
      const made = createApiToken(role);
      if (json) return writeJson({ role, ...made });
      say(
        `Token, shown only once, for the person or program that will use it:\n  ${made.token}\n\n` +
          `Append to API_TOKENS (comma-separated), and restart the API:\n  ${made.configured}`,
      );
    });
}
