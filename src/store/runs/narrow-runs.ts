import type { Conditions } from '../lists/conditions';
import type { RunFilter } from '../lists/filters';
import { IS_REPEAT } from './ledger';

/** An index has exactly this expression. It is null for a running run. */
const DURATION = '(finished_at - started_at)';

/** Adds the conditions of a filter to a query over `sync_runs`. */
export function narrowRuns(conditions: Conditions, filter: RunFilter): void {
  conditions.equals('partner', filter.partner);
  conditions.equals('status', filter.status);
  conditions.equals('trigger', filter.trigger);
  conditions.equals('failure_type', filter.failureType);
  conditions.isSince('started_at', filter.startedAfter);
  conditions.isBefore('started_at', filter.startedBefore);
  narrowByRepeats(conditions, filter);
  narrowByDuration(conditions, filter);
}

function narrowByRepeats(conditions: Conditions, { repeated }: RunFilter): void {
  if (repeated === undefined) return;
  // Postgres would plan a NOT EXISTS as a join that reads all runs before the first page.
  conditions.add(
    `(SELECT true FROM partner_calls WHERE partner_calls.run_id = sync_runs.id AND ${IS_REPEAT} LIMIT 1)
       IS ${repeated ? 'NOT ' : ''}NULL`,
  );
}

function narrowByDuration(conditions: Conditions, { minDurationMs, maxDurationMs }: RunFilter): void {
  if (minDurationMs !== undefined) {
    const least = interval(conditions, minDurationMs);
    conditions.add(`(${DURATION} >= ${least} OR (status = 'running' AND started_at <= now() - ${least}))`);
  }
  if (maxDurationMs !== undefined) {
    conditions.add(`${DURATION} <= ${interval(conditions, maxDurationMs)} AND status <> 'skipped'`);
  }
}

function interval(conditions: Conditions, milliseconds: number): string {
  return `${conditions.parameter(`${milliseconds} milliseconds`)}::interval`;
}
