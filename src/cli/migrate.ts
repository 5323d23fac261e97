import type { Command } from 'commander';
import type { DataSource } from 'typeorm';
import { ExpectedError } from '../process/expected-error';
import { migrate } from '../store/migrate';
import { revertLastMigration } from '../store/revert-migration';
import { withStore } from './with-store';

interface Options {
  readonly revert?: boolean;
  readonly yes?: boolean;
}

export function migrateCommand(program: Command): void {
  program
    .command('migrate')
    .description('bring the tables in Postgres up to this version, or one migration back')
    .option('--revert', 'take the last migration back instead')
    .option('--yes', 'with --revert: even where data goes with it')
    .action(async ({ revert = false, yes = false }: Options) => {
      if (yes && !revert) throw new ExpectedError('--yes is for --revert only; nothing was done.');
      const done = await withStore((dataSource) =>
        revert ? goBack(dataSource, yes) : goForward(dataSource),
      );
      process.stdout.write(`${done}\n`);
    });
}

async function goForward(dataSource: DataSource): Promise<string> {
  const applied = await migrate(dataSource);
  return applied.length > 0 ? `Applied: ${applied.join(', ')}` : 'Nothing to do: the tables are up to date.';
}

async function goBack(dataSource: DataSource, losingData: boolean): Promise<string> {
  const reverted = await revertLastMigration(dataSource, { losingData });
  return reverted === null
    ? 'Nothing to do: no migration has been applied.'
    : `Reverted: ${reverted}. What needs it waits until migrate has run again.`;
}
