import type { Command } from 'commander';
import { askTemporal } from '../operations/ask-temporal';
import { describeWorkers, type WorkerStep, type WorkerView } from '../operations/describe-workers';
import { loadConfig } from '../process/config';
import { usingTemporal } from '../temporal/connection/using-temporal';
import { say, table, writeJson } from './output';
import { shownTime } from './shown-time';

/** `workers` */
export function workersCommand(workers: Command): void {
  workers.option('--json', 'print JSON').action(async ({ json }: { json?: boolean }) => {
    const { temporal } = loadConfig(['temporal']);
    const items = await usingTemporal(temporal, (client) =>
      askTemporal(client, () => describeWorkers({ client, temporal })),
    );
    if (json) writeJson({ items, nextCursor: null });
    else say(items.length > 0 ? formatWorkers(items) : none(temporal.taskQueue));
  });
}

function none(taskQueue: string): string {
  return `No worker polls the task queue ${taskQueue}. Start one: npx provider-sync worker`;
}

function formatWorkers(workers: readonly WorkerView[]): string {
  return table(
    ['WORKER', 'STATE', 'VERSION', 'BUILD', 'RUNNING SINCE', 'LAST SEEN', 'STEPS', 'EXECUTES'],
    workers.map(({ identity, state, lastSeenAt, report, steps }) => [
      identity,
      state,
      report?.version,
      report?.deploymentName ? `${report.deploymentName}:${report.buildId}` : report?.buildId?.slice(-8),
      shownTime(report?.startedAt ?? null),
      shownTime(lastSeenAt),
      report && `${report.slots.activities.used} of ${report.slots.activities.total}`,
      steps.map(stepInWords).join('; ') || null,
    ]),
  );
}

function stepInWords({ step, attempt, partner, workflowId }: WorkerStep): string {
  return `${step} of ${partner ?? workflowId}${attempt > 1 ? `, attempt ${attempt}` : ''}`;
}
