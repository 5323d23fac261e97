import type { Command } from 'commander';
import { listRuns } from '../store/runs/read-runs';
import type { Run } from '../store/runs/run-row';
import { formatRuns } from './format-run';
import { listCommand } from './list-command';
import { type RunOptions, runFilters, toRunQuery } from './run-filters';

/** `runs list` */
export function listRunsCommand(runs: Command): void {
  listCommand<RunOptions, Run>(runs, {
    about: 'list the latest runs first',
    filters: runFilters(),
    read: (dataSource, query) => listRuns(dataSource, toRunQuery(query)),
    format: formatRuns,
    noMatch: 'No runs match these filters.',
    none: 'No runs yet. Start one with: npx provider-sync sync',
  });
}
