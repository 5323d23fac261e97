import type { Command } from 'commander';
import { migrate } from '../store/migrate';
import { withStore } from './with-store';

export function migrateCommand(program: Command): void {
  program
    .command('migrate')
    .description('bring the tables in Postgres up to this version')
    .action(() =>
      withStore(async (dataSource) => {
        const applied = await migrate(dataSource);
        process.stdout.write(
          applied.length > 0
            ? `Applied: ${applied.join(', ')}\n`
            : 'Nothing to do: the tables are up to date.\n',
        );
      }),
    );
}
