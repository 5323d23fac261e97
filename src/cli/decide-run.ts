import type { Command } from 'commander';
import { DECISION_UPDATES, explainDecision, type OperatorVerdict } from '../contract/approval';
import { decideSnapshot, explainUndecided, recordedDecision } from '../operations/decide-snapshot';
import { loadConfig } from '../process/config';
import { EXIT, ExpectedError } from '../process/expected-error';
import { createLogger } from '../process/logger';
import { linkRun } from '../store/runs/link-run';
import { usingTemporal } from '../temporal/connection/using-temporal';
import { doerOption } from './doer-option';
import { findRunOrFail } from './find-run-or-fail';
import { say, visible, writeJson } from './output';
import { withStore } from './with-store';
import { inCommandSpan, withTracing } from './with-tracing';

const DESCRIPTIONS: Record<OperatorVerdict, string> = {
  approved: 'apply the snapshot that a run holds back, and mark the people missing from it as left',
  rejected: 'reject the snapshot that a run holds back: the run fails, the directory stays as it is',
};

interface DecideOptions {
  readonly by: string;
  readonly reason?: string;
  readonly json?: boolean;
}

/** `runs approve` and `runs reject`. */
export function decideRunCommands(runs: Command): void {
  for (const verdict of ['approved', 'rejected'] as const) {
    runs
      .command(DECISION_UPDATES[verdict])
      .description(DESCRIPTIONS[verdict])
      .argument('<id>', "the run's id, or its workflow ID")
      .option('--reason <text>', 'the reason, kept with the run')
      .addOption(doerOption('the run'))
      .option('--json', 'print JSON')
      .action((id: string, options: DecideOptions) => decide(id, verdict, options));
  }
}

async function decide(
  id: string,
  verdict: OperatorVerdict,
  { by, reason, json = false }: DecideOptions,
): Promise<void> {
  const config = loadConfig(['temporal']);
  const request = async () => {
    const run = await withStore((dataSource) => findRunOrFail(dataSource, id));
    linkRun(run);
    const decided =
      recordedDecision(run, verdict) ??
      (await usingTemporal(config.temporal, (client) =>
        decideSnapshot(client, run, { verdict, by, reason }),
      ));
    return { run, decided };
  };
  const { run, decided } = await withTracing(config, createLogger(config.logLevel), () =>
    inCommandSpan(`runs ${DECISION_UPDATES[verdict]}`, request),
  );
  if (decided.outcome !== 'decided') {
    const code = decided.outcome === 'not taken' ? EXIT.failed : EXIT.usage;
    throw new ExpectedError(explainUndecided(decided), code);
  }
  if (json) writeJson(decided.decision);
  else say(`${visible(explainDecision(decided.decision))}\nSee more: npx provider-sync runs show ${run.id}`);
}
