import type { Command } from 'commander';
import { hasPages, listCalls } from '../store/runs/read-calls';
import { findRunOrFail } from './find-run-or-fail';
import { formatCalls } from './format-run';
import { pageOptions } from './list-command';
import { say, writeJson } from './output';
import { withStore } from './with-store';

/** `runs calls` */
export function listCallsCommand(runs: Command): void {
  pageOptions(runs.command('calls').description('list all calls of one run to the partner'))
    .argument('<id>', "the run's id, or its workflow ID")
    .action(list);
}

interface CallsOptions {
  readonly limit: number;
  readonly cursor?: string;
  readonly json?: boolean;
}

function list(id: string, { json = false, ...query }: CallsOptions): Promise<void> {
  return withStore(async (dataSource) => {
    const run = await findRunOrFail(dataSource, id);
    const page = await listCalls(dataSource, { runId: run.id, ...query });
    if (json) return writeJson(page);
    say(page.items.length > 0 ? formatCalls(page.items, hasPages(run.calls)) : 'No call was made.');
    if (page.nextCursor) say(`More with: --cursor ${page.nextCursor}`);
  });
}
