import type { Command } from 'commander';
import { FAILURES } from '../contract/failures';
import { NamedFailure } from '../contract/named-failure';
import { UnknownPartnerError } from '../partner/config/choose-partner';
import { readPartnersFile } from '../partner/config/partners-file';
import { loadConfig } from '../process/config';
import { EXIT, type ExitCode, ExpectedError } from '../process/expected-error';
import { requireAnswer } from '../store/answers/read-answer';
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
      process.exitCode = await replay(id, options);
    });
}

async function replay(id: string, options: WatchOptions): Promise<ExitCode> {
  const { partnersFile, env } = loadConfig(['temporal']);
  const partners = readPartnersFile(partnersFile, env);
  const { partner, source } = await withStore(async (dataSource) => {
    const run = await findRunOrFail(dataSource, id);
    const source = run.replayOf ?? run.id;
    const { partner } = run;
    const known = partners.get(partner);
    if (!known) refuse(new UnknownPartnerError(partner, [...partners.keys()]));
    await requireAnswer(dataSource, { runId: source, partner, feed: known.feed }).catch(refuse);
    return { partner, source };
  });
  return startAndWatch({ partner, trigger: 'cli', replay: source }, options);
}

function refuse(error: unknown): never {
  if (!(error instanceof NamedFailure)) throw error;
  throw new ExpectedError(`${error.message} ${FAILURES[error.type].advice}`, EXIT.usage);
}
