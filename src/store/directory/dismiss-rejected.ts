import type { DataSource } from 'typeorm';
import { Conditions } from '../lists/conditions';

/** Rejected records that an operator decides about together: one, all of a run, or all of a group. */
export type RejectedSelection =
  | {
      /** Our id of the run. */
      readonly runId: string;
      /** The number of one record in the answer, from 1. Without it, all records of the run. */
      readonly record?: number | undefined;
    }
  | {
      /** The id of the group: all records of one person with the same fault. */
      readonly group: string;
    };

/** What a decision did. */
export interface RejectedDecided {
  /** The records of the selection, in any state. */
  readonly selected: number;
  /** Those whose state the decision changed. */
  readonly changed: number;
}

/** Who dismisses records, and why. */
export interface Dismissal {
  readonly by: string;
  readonly reason: string;
}

/**
 * Dismisses the selected records that are open. The others keep their state, and a dismissed record its first reason.
 *
 * @returns null if there is no such record
 */
export function dismissRejected(
  dataSource: DataSource,
  selection: RejectedSelection,
  { by, reason }: Dismissal,
): Promise<RejectedDecided | null> {
  return decide(dataSource, selection, {
    from: 'open',
    set: 'dismissed_at = now(), dismissed_by = $1, dismissed_reason = $2',
    values: [by, reason],
  });
}

/**
 * Reopens the selected records that are dismissed. If a run has brought the person meanwhile, the record is gone and not
 * open.
 *
 * @returns null if there is no such record
 */
export function reopenRejected(
  dataSource: DataSource,
  selection: RejectedSelection,
): Promise<RejectedDecided | null> {
  return decide(dataSource, selection, {
    from: 'dismissed',
    set: 'dismissed_at = NULL, dismissed_by = NULL, dismissed_reason = NULL',
    values: [],
  });
}

interface Change {
  readonly from: 'open' | 'dismissed';
  readonly set: string;
  readonly values: readonly string[];
}

/** The rows are locked in the order of their key, as a run locks those that it marks as gone. */
async function decide(
  dataSource: DataSource,
  selection: RejectedSelection,
  { from, set, values }: Change,
): Promise<RejectedDecided | null> {
  const conditions = new Conditions();
  for (const value of values) conditions.parameter(value);
  addSelection(conditions, selection);
  const [decided]: [RejectedDecided] = await dataSource.query(
    `WITH selected AS (
       SELECT run_id, position, state FROM rejected_records WHERE ${conditions}
       ORDER BY run_id, position FOR NO KEY UPDATE
     ), changed AS (
       UPDATE rejected_records SET ${set}
       FROM selected
       WHERE rejected_records.run_id = selected.run_id AND rejected_records.position = selected.position
         AND selected.state = '${from}'
       RETURNING 1
     )
     SELECT (SELECT count(*)::integer FROM selected) AS selected,
       (SELECT count(*)::integer FROM changed) AS changed`,
    conditions.parameters,
  );
  return decided.selected === 0 ? null : decided;
}

function addSelection(conditions: Conditions, selection: RejectedSelection): void {
  if ('group' in selection) {
    conditions.add(`group_key = decode(${conditions.parameter(selection.group)}, 'hex')`);
    return;
  }
  conditions.equalsId('run_id', selection.runId);
  if (selection.record !== undefined) {
    conditions.add(`position = ${conditions.parameter(selection.record - 1)}`);
  }
}
