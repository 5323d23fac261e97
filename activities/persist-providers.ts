import { Context } from '@temporalio/activity';
import type { DataSource } from 'typeorm';
import type { Activities } from '../src/contract/sync';
import type { Logger } from '../src/process/logger';
import { saveSync } from '../src/store/save-sync';
import type { FindPartner } from './dependencies';
import { failingAsTemporal } from './temporal-failure';

const HEARTBEAT_INTERVAL_MS = 2000;

/** Stores the checked answer and ends the run as succeeded, in one transaction; doing it twice changes nothing. */
export function createPersistProviders(
  findPartner: FindPartner,
  dataSource: DataSource,
  log: Logger,
): Activities['persistProviders'] {
  return async (input) => {
    const { partner } = findPartner(input.partner);
    const activity = Context.current();
    const lines = log.child({ partner: partner.name, run: input.runId, attempt: activity.info.attempt });
    const beat = setInterval(() => activity.heartbeat(), HEARTBEAT_INTERVAL_MS);
    try {
      const counts = await failingAsTemporal(
        () => saveSync(dataSource, { ...input, feed: partner.feed }),
        lines,
      );
      lines.info({ counts }, 'Run succeeded');
      return counts;
    } finally {
      clearInterval(beat);
    }
  };
}
