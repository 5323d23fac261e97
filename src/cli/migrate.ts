import type { Command } from 'commander';
import type { DataSource } from 'typeorm';
import { loadConfig } from '../process/config';
import { ExpectedError } from '../process/expected-error';
import { type Lookalikes, readLookalikes } from '../store/directory/read-lookalikes';
import { migrate } from '../store/migrate/migrate';
import { revertLastMigration } from '../store/migrate/revert-migration';
import { type AppliedRole, applyRoles, printRoles } from '../store/migrate/roles/apply-roles';
import { say, writeJson } from './output';
import { withStore } from './with-store';

interface Options {
  readonly revert?: boolean;
  readonly yes?: boolean;
  readonly roles?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** The result of one `migrate`; what was not asked for is left out. */
interface Migrated {
  /** Names of the migrations that were applied. */
  readonly applied?: readonly string[];
  readonly lookalikes?: readonly Lookalikes[];
  /** The migration that was reverted; null if none had been applied. */
  readonly reverted?: string | null;
  readonly roles?: readonly AppliedRole[];
  /** The SQL of the roles, not executed. */
  readonly sql?: string;
}

/** `migrate` */
export function migrateCommand(command: Command): void {
  command
    .option('--revert', 'revert the last migration instead')
    .option('--yes', 'with --revert: even if this deletes data')
    .option('--roles', 'afterwards create the roles of workers and readers, or correct their rights')
    .option('--dry-run', 'with --roles: only print the SQL of the roles, for an administrator')
    .option('--json', 'print JSON')
    .action(async (options: Options) => {
      refuseContradictions(options);
      const migrated = await withStore((dataSource) => act(dataSource, options));
      if (options.json) writeJson(migrated);
      else say(format(migrated));
    });
}

function refuseContradictions({ revert, yes, roles, dryRun }: Options): void {
  if (yes && !revert) throw new ExpectedError('--yes is for --revert only; nothing was done.');
  if (dryRun && !roles) throw new ExpectedError('--dry-run is for --roles only; nothing was done.');
  if (revert && roles) throw new ExpectedError('Use either --revert or --roles; nothing was done.');
}

async function act(dataSource: DataSource, { revert, yes, roles, dryRun }: Options): Promise<Migrated> {
  if (revert) return { reverted: await revertLastMigration(dataSource, { losingData: yes === true }) };
  if (!roles) return goForward(dataSource);
  const config = loadConfig(['roles']).roles;
  if (dryRun) return { sql: await printRoles(dataSource, config.names) };
  const migrated = await goForward(dataSource);
  return { ...migrated, roles: await applyRoles(dataSource, config) };
}

async function goForward(dataSource: DataSource): Promise<Migrated> {
  const applied = await migrate(dataSource);
  return { applied, lookalikes: applied.length > 0 ? await readLookalikes(dataSource) : [] };
}

function format({ applied, lookalikes = [], reverted, roles = [], sql }: Migrated): string {
  if (sql !== undefined) return sql;
  if (reverted !== undefined) return describeReverted(reverted);
  return [describeApplied(applied ?? [], lookalikes), ...roles.map(describeRole)].join('\n');
}

function describeApplied(applied: readonly string[], lookalikes: readonly Lookalikes[]): string {
  if (applied.length === 0) return 'Nothing to do: the tables are up to date.';
  const pairs = lookalikes.map(({ partner, ids }) => `\n  ${partner}: ${ids.join(' and ')}`);
  const note = `\nThese providers look alike and may be the same person; they are not merged:${pairs.join('')}`;
  return `Applied: ${applied.join(', ')}${pairs.length > 0 ? note : ''}`;
}

function describeReverted(reverted: string | null): string {
  return reverted === null
    ? 'Nothing to do: no migration has been applied.'
    : `Reverted: ${reverted}. Workers and the API of this version wait until migrate has run again.`;
}

function describeRole({ name, canLogIn }: AppliedRole): string {
  return canLogIn
    ? `Role ${name}: ready; it can log in.`
    : `Role ${name}: ready; it cannot log in. Set its password (see .env.example), or grant it to a role that can.`;
}
