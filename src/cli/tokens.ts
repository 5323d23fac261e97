import { type Command, Option } from 'commander';
import { createApiToken, ROLES, type Role } from '../process/api-tokens';
import { writeJson } from './output';

export function tokensCommand(program: Command): void {
  program
    .command('tokens')
    .description('access to the API and the pages from other machines')
    .command('create')
    .description('make a token; what it prints for API_TOKENS is its hash')
    .addOption(new Option('--role <role>', 'what its bearer may do').choices(ROLES).default('viewer'))
    .option('--json', 'as JSON')
    .action(({ role, json }: { role: Role; json?: boolean }) => {
      const made = createApiToken(role);
      if (json) return writeJson({ role, ...made });
      process.stdout.write(
        `Token, shown this once, for whoever is to have it:\n  ${made.token}\n\n` +
          `Append to API_TOKENS (comma-separated), and restart the API:\n  ${made.configured}\n`,
      );
    });
}
