import type { Command } from 'commander';
import { findReplay } from '../operations/request-replay';
import { explainNotStarted } from '../operations/request-sync';
import { readPartnersFile } from '../partner/config/partners-file';
import { loadConfig } from '../process/config';
import { EXIT, type ExitCode, ExpectedError } from '../process/expected-error';
import { outside } from '../process/outside';
import { findRunOrFail } from './find-run-or-fail';
import { startAndWatch, type WatchOptions, watchOptions } from './watch-run';
import { withStore } from './with-store';

/** `runs replay` */
export function replayRunCommand(runs: Command): void {
  watchOptions(runs.command('replay'))
    .description(
      "check and store the answer of a run again, as today's partners.yaml says; the partner is not called",
    )
    .argument('<id>', "the run's id, or its workflow ID")
    .action(async (id: string, options: WatchOptions) => {
      outside().exitCode = await replay(id, options);
    });
}

async function replay(id: string, options: WatchOptions): Promise<ExitCode> {
  const { partnersFile, env } = loadConfig(['temporal']);
  const partners = readPartnersFile(partnersFile, env);
  const find = async () => {
    const found = await withStore(async (dataSource) =>
      findReplay({ partners, dataSource }, await findRunOrFail(dataSource, id)),
    );
    if ('outcome' in found) throw new ExpectedError(explainNotStarted(found), EXIT.usage);
    return { ...found, trigger: 'cli' as const };
  };
  return startAndWatch('runs replay', find, options);
}
