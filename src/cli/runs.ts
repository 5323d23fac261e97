import { type Command, Option } from 'commander';
import { explainCounts } from '../contract/explain';
import { FAILURES } from '../contract/failures';
import { RUN_STATUSES, type RunStatus } from '../contract/sync';
import { EXIT, ExpectedError } from '../process/expected-error';
import { getRun, listRuns, type Run, type RunWithCalls } from '../store/read-runs';
import { limitOption, printPage, writeJson } from './output';
import { table } from './table';
import { withStore } from './with-store';

interface ListOptions {
  partner?: string;
  status?: RunStatus;
  limit: number;
  cursor?: string;
  json?: boolean;
}

export function runsCommand(program: Command): void {
  const runs = program.command('runs').description('look at past and present runs');
  runs
    .command('list')
    .description('the latest runs first')
    .option('--partner <name>', 'only this partner')
    .addOption(new Option('--status <status>', 'only this status').choices(RUN_STATUSES))
    .addOption(limitOption())
    .option('--cursor <cursor>', 'go on where a page ended')
    .option('--json', 'as JSON')
    .action(({ json, ...query }: ListOptions) =>
      withStore(async (dataSource) => {
        const page = await listRuns(dataSource, query);
        if (json) writeJson(page);
        else printPage(page, 'No runs yet. Start one with: npx provider-sync sync', formatRuns);
      }),
    );
  runs
    .command('show')
    .description('one run with every call to the partner')
    .argument('<id>', "the run's id, or its workflow ID")
    .option('--json', 'as JSON')
    .action((id: string, { json }: { json?: boolean }) =>
      withStore(async (dataSource) => {
        const run = await getRun(dataSource, id);
        if (!run)
          throw new ExpectedError(`There is no run ${id}. See: npx provider-sync runs list`, EXIT.usage);
        if (json) writeJson(run);
        else process.stdout.write(`${formatRun(run)}\n`);
      }),
    );
}

function formatRuns(runs: readonly Run[]): string {
  return table(
    ['STARTED', 'PARTNER', 'STATUS', 'TRIGGER', 'RECEIVED', 'NEW', 'CHANGED', 'REASON', 'ID'],
    runs.map((run) => [
      run.startedAt,
      run.partner,
      run.status,
      run.trigger,
      run.received,
      run.inserted,
      run.updated,
      run.failure?.type,
      run.id,
    ]),
  );
}

/** A run as people read it: what it was, how it ended, and each call to the partner. */
function formatRun(run: RunWithCalls): string {
  const facts = table(
    ['Run', run.id],
    [
      ['Partner', run.partner],
      ['Status', run.status],
      ['Started', `${run.startedAt}, by ${run.trigger}`],
      ['Finished', run.finishedAt],
      ['Workflow', run.workflowId],
      ...(run.holderId ? [['Held by', run.holderId]] : []),
      ...(run.status === 'succeeded' ? [['Result', explainCounts(run)]] : []),
      ...(run.unknownFields.length > 0 ? [['New fields', run.unknownFields.join(', ')]] : []),
      ...(run.vanishedFields.length > 0 ? [['Lost fields', run.vanishedFields.join(', ')]] : []),
      ...(run.failure
        ? [
            ['Reason', run.failure.message],
            ['Advice', FAILURES[run.failure.type].advice],
          ]
        : []),
    ],
  );
  const calls = table(
    ['CALL', 'ATTEMPT', 'STARTED', 'TOOK', 'HTTP', 'BYTES', 'OUTCOME', 'WHAT CAME BACK'],
    run.calls.map((call) => [
      call.endpoint,
      call.attempt,
      call.startedAt,
      call.tookMs === null ? null : `${call.tookMs} ms`,
      call.httpStatus,
      call.bytes,
      call.outcome,
      call.detail,
    ]),
  );
  return run.calls.length > 0 ? `${facts}\n\n${calls}` : facts;
}
