import { type Command, Option } from 'commander';
import { REJECTIONS } from '../contract/answer';
import { explainDecision, explainDeparting } from '../contract/approval';
import { explainCounts, explainRefused } from '../contract/explain';
import { adviseOn } from '../contract/failures';
import { RUN_STATUSES, type RunStatus } from '../contract/run';
import { EXIT, ExpectedError } from '../process/expected-error';
import type { Provider } from '../store/directory/provider-row';
import { listDepartingProviders } from '../store/directory/read-providers';
import { listRejectedRecords, type StoredRejectedRecord } from '../store/directory/read-rejected-records';
import { getRun, listRuns, type RunWithCalls } from '../store/runs/read-runs';
import { awaitedApproval, type Run } from '../store/runs/run-row';
import { decideRunCommands } from './decide-run';
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

/** Rejected records that `show` tells of. */
const SHOWN_REJECTED = 50;
/** People who would leave that `show` names. */
const SHOWN_DEPARTING = 50;

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
        if (json) return writeJson(page);
        await printPage(page, formatRuns, {
          readAny: () => listRuns(dataSource, { limit: 1 }),
          noMatch: 'No runs match these filters.',
          none: 'No runs yet. Start one with: npx provider-sync sync',
        });
      }),
    );
  runs
    .command('show')
    .description('one run with every call to the partner, and the records that could not be used')
    .argument('<id>', "the run's id, or its workflow ID")
    .option('--raw', 'with those records as they came')
    .option('--json', 'as JSON')
    .action((id: string, { raw, json }: { raw?: boolean; json?: boolean }) =>
      withStore(async (dataSource) => {
        const run = await getRun(dataSource, id);
        if (!run) {
          throw new ExpectedError(`There is no run ${id}. See: npx provider-sync runs list`, EXIT.usage);
        }
        const { items } = await listRejectedRecords(dataSource, { runId: run.id, limit: SHOWN_REJECTED });
        const rejectedRecords = raw ? items : items.map(({ raw: _, ...record }) => record);
        const departing = await listDepartingProviders(dataSource, { runId: run.id, limit: SHOWN_DEPARTING });
        if (json) return writeJson({ ...run, rejectedRecords, departingProviders: departing.items });
        const parts = [formatRun(run, rejectedRecords), formatDeparting(run, departing.items)];
        process.stdout.write(`${parts.filter(Boolean).join('\n\n')}\n`);
      }),
    );
  decideRunCommands(runs);
}

function formatRuns(runs: readonly Run[]): string {
  return table(
    ['STARTED', 'PARTNER', 'STATUS', 'TRIGGER', 'RECEIVED', 'NEW', 'CHANGED', 'REASON', 'ID'],
    runs.map((run) => [
      run.startedAt,
      run.partner,
      awaitedApproval(run) ? 'awaiting approval' : run.status,
      run.trigger,
      run.received,
      run.inserted,
      run.updated,
      run.failure?.type,
      run.id,
    ]),
  );
}

/** What an operator has to approve, or how that was decided. */
function approvalFacts(run: Run): (readonly string[])[] {
  const { approval } = run;
  if (!approval) return [];
  if (approval.decision) return [['Approval', explainDecision(approval.decision)]];
  if (!awaitedApproval(run)) return [];
  return [
    ['Waits for', `an approval until ${approval.deadline}: ${explainDeparting(approval)}`],
    ['Decide', `npx provider-sync runs approve ${run.id}, or: runs reject ${run.id}`],
  ];
}

/** Whom the snapshot would mark as left, while it waits; empty else. */
function formatDeparting(run: Run, departing: readonly Provider[]): string {
  const approval = awaitedApproval(run);
  if (!approval || departing.length === 0) return '';
  const people = table(
    ['WOULD LEAVE', 'TITLE', 'CLINIC', 'ID'],
    departing.map(({ id, givenName, familyName, title, clinic }) => [
      `${familyName}, ${givenName}`,
      title,
      clinic,
      id,
    ]),
  );
  const more = approval.departing - departing.length;
  return more > 0 ? `${people}\n… and ${more} more` : people;
}

type ShownRecord = Omit<StoredRejectedRecord, 'raw'> & { readonly raw?: string };

/** A run as people read it: what it was, how it ended, each call to the partner, and what could not be used. */
function formatRun(run: RunWithCalls, rejected: readonly ShownRecord[]): string {
  const facts = table(
    ['Run', run.id],
    [
      ['Partner', run.partner],
      ['Status', run.status],
      ['Started', `${run.startedAt}, by ${run.trigger}`],
      ['Finished', run.finishedAt],
      ['Workflow', run.workflowId],
      ...(run.holder ? [['Held by', `${run.holder.workflowId} (run ${run.holder.id})`]] : []),
      ...(run.status === 'succeeded' ? [['Result', explainCounts(run)]] : []),
      ...(run.status === 'failed' && run.received > 0 ? [['Answer', explainRefused(run)]] : []),
      ...(run.unknownFields.length > 0 ? [['New fields', run.unknownFields.join(', ')]] : []),
      ...(run.vanishedFields.length > 0 ? [['Missing fields', run.vanishedFields.join(', ')]] : []),
      ...run.remarks.map(({ message }) => ['Remark', message]),
      ...approvalFacts(run),
      ...(run.failure
        ? [
            ['Reason', run.failure.message],
            ['Advice', adviseOn(run.failure)],
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
  const records = table(
    [
      'RECORD',
      'FIELD',
      'REASON',
      'IT',
      ...(rejected.some(({ raw }) => raw !== undefined) ? ['AS IT CAME'] : []),
    ],
    rejected.map(({ position, field, reason, raw }) => [
      position + 1,
      field,
      reason,
      REJECTIONS[reason],
      ...(raw === undefined ? [] : [raw]),
    ]),
  );
  const more = run.rejected > rejected.length ? `\n… and ${run.rejected - rejected.length} before them` : '';
  return [
    facts,
    ...(run.calls.length > 0 ? [calls] : []),
    ...(rejected.length > 0 ? [`${records}${more}`] : []),
  ].join('\n\n');
}
