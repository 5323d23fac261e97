import type { DataSource } from 'typeorm';
import type { Activities, OpenRunInput, PartnerLimits } from '../src/contract/activities';
import { FAILURES } from '../src/contract/failures';
import { choosePartner } from '../src/partner/config/choose-partner';
import type { Partner, Partners } from '../src/partner/config/partner';
import { UnknownPartnerError } from '../src/partner/config/unknown-partner-error';
import type { Logger } from '../src/process/logger';
import { openRun } from '../src/store/runs/open-run';
import { recordFailedStart } from '../src/store/runs/record-failed-start';
import type { ActivityDependencies } from './dependencies';
import { failingAsTemporal, HolderUnknownError } from './temporal-failure';

/** Claims the partner for this run and records it as started, or as skipped where another run holds it. */
export function createOpenRun(
  partners: Partners,
  dataSource: DataSource,
  isStillRunning: ActivityDependencies['isStillRunning'],
  searchable: boolean,
  log: Logger,
): Activities['openRun'] {
  /** The partner of the start. Where it is unknown for good, the failed run is recorded. */
  async function findOrRecord(start: OpenRunInput, isLastTry: boolean): Promise<Partner> {
    try {
      return choosePartner(partners, start.partner);
    } catch (error) {
      if (isLastTry && error instanceof UnknownPartnerError && start.partner !== undefined) {
        const message = `${FAILURES.UnknownPartner.meaning} ${error.message}`;
        await recordFailedStart(
          dataSource,
          { ...start, partner: start.partner },
          { type: 'UnknownPartner', message },
        );
      }
      throw error;
    }
  }

  return async ({ isLastTry = false, ...start }) => {
    const partner = await failingAsTemporal(() => findOrRecord(start, isLastTry), log);
    const input = { ...start, partner: partner.name };
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
      return { ...opened, searchable, partner: limitsOf(partner) };
    }
    lines.info({ trigger: input.trigger }, 'Run opened');
    return {
      ...opened,
      temporalRunId: input.runId,
      searchable,
      stepsNameRun: true,
      partner: limitsOf(partner),
    };
  };
}

function limitsOf({ name, deadline }: Partner): PartnerLimits {
  return { name, deadlineMs: deadline };
}
