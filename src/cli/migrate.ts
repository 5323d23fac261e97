import type { Command } from 'commander';
import type { DataSource } from 'typeorm';
import { loadConfig } from '../process/config';
import { ExpectedError } from '../process/expected-error';
import { readLookalikes } from '../store/directory/read-lookalikes';
import { migrate } from '../store/migrate/migrate';
import { revertLastMigration } from '../store/migrate/revert-migration';
import { type AppliedRole, applyRoles, printRoles } from '../store/migrate/roles/apply-roles';
import { withStore } from './with-store';

interface Options {
  readonly revert?: boolean;
  readonly yes?: boolean;
  readonly roles?: boolean;
  readonly dryRun?: boolean;
}

export function migrateCommand(program: Command): void {
  program
    .command('migrate')
    .description('bring the tables in Postgres up to this version, or one migration back')
    .option('--revert', 'take the last migration back instead')
    .option('--yes', 'with --revert: even if this deletes data')
    .option('--roles', 'afterwards create the roles of workers and readers, or correct their rights')
    .option('--dry-run', 'with --roles: only print the SQL of the roles, for an administrator')
    .action(async (options: Options) => {
      expectFitting(options);
      const done = await withStore((dataSource) => act(dataSource, options));
      process.stdout.write(`${done}\n`);
    });
}

function expectFitting({ revert, yes, roles, dryRun }: Options): void {
  if (yes && !revert) throw new ExpectedError('--yes is for --revert only; nothing was done.');
  if (dryRun && !roles) throw new ExpectedError('--dry-run is for --roles only; nothing was done.');
  if (revert && roles) throw new ExpectedError('Use either --revert or --roles; nothing was done.');
}

async function act(dataSource: DataSource, { revert, yes, roles, dryRun }: Options): Promise<string> {
  if (revert) return goBack(dataSource, yes === true);
  if (!roles) return goForward(dataSource);
  const config = loadConfig(['roles']).roles;
  if (dryRun) return printRoles(dataSource, config.names);
  const migrated = await goForward(dataSource);
  return [migrated, ...(await applyRoles(dataSource, config)).map(describeRole)].join('\n');
}

async function goForward(dataSource: DataSource): Promise<string> {
  const applied = await migrate(dataSource);
  if (applied.length === 0) return 'Nothing to do: the tables are up to date.';
  const lookalikes = await readLookalikes(dataSource);
  const pairs = lookalikes.map(({ partner, ids }) => `\n  ${partner}: ${ids.join(' and ')}`);
  const note = `\nThese providers look alike and may be the same person; they are not merged:${pairs.join('')}`;
  return `Applied: ${applied.join(', ')}${pairs.length > 0 ? note : ''}`;
}

async function goBack(dataSource: DataSource, losingData: boolean): Promise<string> {
  const reverted = await revertLastMigration(dataSource, { losingData });
  return reverted === null
    ? 'Nothing to do: no migration has been applied.'
    : `Reverted: ${reverted}. What needs it waits until migrate has run again.`;
}

function describeRole({ name, canLogIn }: AppliedRole): string {
  return canLogIn
    ? `Role ${name}: ready; it can log in.`
    : `Role ${name}: ready; it cannot log in. Set its password (see .env.example), or grant it to a role that can.`;
}
