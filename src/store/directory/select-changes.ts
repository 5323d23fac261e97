import type { ChangeKind } from '../../contract/changes';
import { Conditions } from '../lists/conditions';
import type { ChangeFilter } from '../lists/filters';
import { type ChangeClass, IS_OF_CLASS } from '../schema/change-class';
import { isAtClinicNamed } from '../schema/clinic-key';

/** The sort key of an item: its time, its person and its run. */
export type ChangeKey = readonly [changedAt: string, providerId: string, runId: string];

/** How many items to select, and behind which one. */
interface Part {
  readonly limit: number;
  readonly after?: ChangeKey | undefined;
  /** The items are only counted, so new people need no order. */
  readonly isCounted?: boolean;
}

interface Source extends Omit<Part, 'limit'> {
  readonly filter: ChangeFilter;
  /** The parameters of the whole query. */
  readonly parameters: unknown[];
  /** The parameter with the number of rows. */
  readonly rows: string;
}

/** Stands for the run of a person who is older than the column of the run. */
export const NO_RUN = '00000000-0000-0000-0000-000000000000';

const CLASSES: Readonly<Record<Exclude<ChangeKind, 'new'>, readonly ChangeClass[]>> = {
  left: ['left'],
  returned: ['returned'],
  changed: ['title', 'clinic', 'name'],
};

export const CHANGE_ORDER = 'changed_at DESC, provider_id DESC, run_id DESC';

/**
 * The WITH of a query, in which the table `items` has one row for each person and run: `changed_at`, `provider_id`,
 * `run_id` and `is_new`. Each class of changes is read in the order of its index as far as the limit, so that the size
 * of the history does not matter.
 *
 * @returns null if no item can match
 */
export function selectChanges(
  filter: ChangeFilter,
  { limit, ...part }: Part,
): { readonly sql: string; readonly parameters: unknown[] } | null {
  const parameters: unknown[] = [];
  const source = { filter, parameters, rows: new Conditions(parameters).parameter(limit), ...part };
  const selects = classesOf(filter).map((one) => selectClass(one, source));
  if (filter.field === undefined && (filter.kind ?? 'new') === 'new') selects.push(selectNew(source));
  if (selects.length === 0) return null;
  const tables = [
    ...(filter.clinic === undefined ? [] : [`people AS MATERIALIZED (${peopleOfClinic(source)})`]),
    ...(isOfRuns(filter) ? [`runs AS MATERIALIZED (${runsWithChanges(source)})`] : []),
    `items AS (
      SELECT * FROM (${selects.map((select) => `(${select})`).join(' UNION ')}) found
      ORDER BY ${CHANGE_ORDER} LIMIT ${source.rows})`,
  ];
  return { sql: `WITH ${tables.join(', ')}`, parameters };
}

/** The classes of the rows to look for. A person who left has no other change in the same run. */
function classesOf({ kind, field }: ChangeFilter): readonly ChangeClass[] {
  if (field !== undefined) return kind === 'new' || kind === 'left' ? [] : [field];
  if (kind === 'new') return [];
  return kind === undefined ? Object.values(CLASSES).flat() : CLASSES[kind];
}

/** Whether the items come from a few runs. Then they are looked up run by run. */
function isOfRuns({ partner, run }: ChangeFilter): boolean {
  return partner !== undefined || run !== undefined;
}

function selectClass(one: ChangeClass, source: Source): string {
  const { filter, parameters, rows, after } = source;
  const conditions = new Conditions(parameters);
  conditions.add(IS_OF_CLASS[one]);
  addTimes(conditions, 'changes.changed_at', filter);
  if (filter.clinic !== undefined) conditions.add('provider_id IN (SELECT id FROM people)');
  if (filter.kind === 'changed') conditions.add(`NOT EXISTS (${RETURNED})`);
  if (filter.kind === 'returned' && filter.field !== undefined) conditions.add(`EXISTS (${RETURNED})`);
  if (after) addAfter(conditions, ['changes.changed_at', 'provider_id', 'run_id'], after);
  if (isOfRuns(filter)) conditions.add('changes.changed_at = runs.changed_at AND run_id = runs.id');
  const select = `
    SELECT DISTINCT changes.changed_at, provider_id, run_id, false AS is_new
    FROM provider_changes changes WHERE ${conditions}
    ORDER BY ${CHANGE_ORDER} LIMIT ${rows}`;
  if (!isOfRuns(filter)) return select;
  return `
    SELECT of_run.* FROM (SELECT * FROM runs ORDER BY changed_at DESC) runs CROSS JOIN LATERAL (${select}) of_run
    ORDER BY runs.changed_at DESC, provider_id DESC, run_id DESC LIMIT ${rows}`;
}

/** Whether the person returned in the same run. */
const RETURNED = `
  SELECT FROM provider_changes
  WHERE ${IS_OF_CLASS.returned} AND provider_changes.changed_at = changes.changed_at
    AND provider_changes.provider_id = changes.provider_id AND provider_changes.run_id = changes.run_id`;

/**
 * The runs of the filter that changed someone, each with the one time of all its changes. Only the index of runs has the
 * order in which a change of the run is looked up; for the condition alone, Postgres may read the whole table.
 */
function runsWithChanges({ filter, parameters, after }: Source): string {
  const { partner, run, since, until } = filter;
  const conditions = new Conditions(parameters);
  conditions.add('updated + departed > 0 AND first.run_id = sync_runs.id');
  conditions.equals('partner', partner);
  conditions.equalsId('sync_runs.id', run);
  conditions.isSince('finished_at', since);
  conditions.isBefore('started_at', until);
  if (after) conditions.add(`started_at <= ${conditions.parameter(after[0])}`);
  return `
    SELECT sync_runs.id, changed_at FROM sync_runs CROSS JOIN LATERAL (
      SELECT run_id, changed_at FROM provider_changes changes
      WHERE (changes.run_id, changes.id) >= (sync_runs.id, 0) ORDER BY changes.run_id, changes.id LIMIT 1) first
    WHERE ${conditions}`;
}

function selectNew({ filter, parameters, rows, after, isCounted = false }: Source): string {
  const { partner, clinic, run } = filter;
  const conditions = new Conditions(parameters);
  addTimes(conditions, 'first_seen_at', filter);
  conditions.equals('partner', partner);
  if (clinic !== undefined) conditions.add('id IN (SELECT id FROM people)');
  if (run !== undefined) addFirstRun(conditions, run);
  const runId = `coalesce(first_run_id, '${NO_RUN}')`;
  if (after) addAfter(conditions, ['first_seen_at', 'id', runId], after);
  return `
    SELECT first_seen_at AS changed_at, id AS provider_id, ${runId} AS run_id, true AS is_new
    FROM providers WHERE ${conditions}
    ${isCounted ? '' : 'ORDER BY first_seen_at DESC, id DESC'} LIMIT ${rows}`;
}

/**
 * All new people of a run have one time. Postgres would find all of them, and then sort them for each page, through the
 * index of runs, or if it estimates few people at one time. So a range stands for the time, and no index answers IS NOT
 * DISTINCT FROM. The time itself is looked up in the order of the index of runs.
 */
function addFirstRun(conditions: Conditions, run: string): void {
  const id = `${conditions.parameter(run)}::uuid`;
  const time = `(
    SELECT first_seen_at FROM (
      SELECT first_run_id, first_seen_at FROM providers
      WHERE first_run_id >= ${id} ORDER BY first_run_id LIMIT 1) first
    WHERE first_run_id = ${id})`;
  conditions.add(`first_seen_at BETWEEN ${time} AND ${time}`);
  conditions.add(`first_run_id IS NOT DISTINCT FROM ${id}`);
}

/**
 * The row comes after the key, in descending order. Postgres estimates a comparison of rows by the time alone; with
 * `<`, it would expect no one else at the time of a large run, and sort everyone instead of reading an index.
 */
function addAfter(
  conditions: Conditions,
  [time, provider, run]: readonly [string, string, string],
  after: ChangeKey,
): void {
  const [afterTime, afterProvider, afterRun] = after.map((value) => conditions.parameter(value));
  conditions.add(`(${time}, ${provider}) <= (${afterTime}, ${afterProvider})`);
  conditions.add(`(${time} <> ${afterTime} OR ${provider} <> ${afterProvider} OR ${run} < ${afterRun})`);
}

function addTimes(conditions: Conditions, column: string, { since, until }: ChangeFilter): void {
  conditions.isSince(column, since);
  conditions.isBefore(column, until);
}

/** The people who are at the clinic now, or who moved away from it in the time. */
function peopleOfClinic({ filter, parameters }: Source): string {
  const now = new Conditions(parameters);
  const clinic = filter.clinic ?? '';
  now.equals('clinic', clinic);
  now.add(isAtClinicNamed(`${now.parameter(clinic)}::text`));
  const then = new Conditions(parameters);
  then.add(IS_OF_CLASS.clinic);
  then.add(`before = to_jsonb(${then.parameter(clinic)}::text)`);
  addTimes(then, 'changed_at', filter);
  return `
    SELECT id FROM providers WHERE ${now}
    UNION
    SELECT provider_id FROM provider_changes WHERE ${then}`;
}
