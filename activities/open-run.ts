import type { DataSource } from 'typeorm';
import type { Activities } from '../src/contract/sync';
import type { Logger } from '../src/process/logger';
import { openRun } from '../src/store/open-run';
import type { ActivityDependencies, FindPartner } from './dependencies';
import { failingAsTemporal, HolderUnknownError } from './temporal-failure';

/** Claims the partner for this run and records it as started, or as skipped where another run holds it. */
export function createOpenRun(
  findPartner: FindPartner,
  dataSource: DataSource,
  isStillRunning: ActivityDependencies['isStillRunning'],
  searchable: boolean,
  log: Logger,
): Activities['openRun'] {
  return async (input) => {
    const { partner } = findPartner(input.partner);
    const opened = await failingAsTemporal(
      () =>
        openRun(dataSource, input, (holder) =>
          isStillRunning(holder, input.runId).catch((error) => {
            throw new HolderUnknownError(holder, { cause: error });
          }),
        ),
      log.child({ partner: partner.name, workflowId: input.workflowId }),
    );
    const lines = log.child({ partner: partner.name, run: opened.id, workflowId: input.workflowId });
    if (opened.status === 'skipped') {
      lines.info({ holder: opened.holder.workflowId }, 'Run skipped: another one holds the partner');
      return { ...opened, searchable };
    }
    lines.info({ trigger: input.trigger }, 'Run opened');
    return {
      ...opened,
      temporalRunId: input.runId,
      searchable,
      stepsNameRun: true,
      partner: { name: partner.name, deadlineMs: partner.deadline },
    };
  };
}
