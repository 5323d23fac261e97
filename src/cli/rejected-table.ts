import { REJECTIONS } from '../contract/answer';
import { explainPresence } from '../contract/rejected';
import type { RejectedGroup } from '../store/directory/read-rejected-groups';
import type { StoredRejectedRecord } from '../store/directory/read-rejected-records';
import { table } from './output';
import { shownTime } from './shown-time';

type Content = 'raw' | 'givenName' | 'familyName';

/** A rejected record; its content, which may hold names of people, only if it was asked for. */
export type ShownRecord = Omit<StoredRejectedRecord, Content> & Partial<Pick<StoredRejectedRecord, Content>>;

const COLUMNS = {
  RECEIVED: ({ createdAt }: ShownRecord) => shownTime(createdAt),
  PARTNER: ({ partner }: ShownRecord) => partner,
  RECORD: ({ record }: ShownRecord) => record,
  STATE: ({ state }: ShownRecord) => state,
  FIELD: ({ field }: ShownRecord) => field,
  REASON: ({ reason }: ShownRecord) => reason,
  EXPLANATION: ({ reason }: ShownRecord) => REJECTIONS[reason],
  RUN: ({ runId }: ShownRecord) => runId,
  'AS RECEIVED': ({ raw }: ShownRecord) => raw,
} as const;

/** The records with their content only if it was asked for. */
export function toShown(records: readonly StoredRejectedRecord[], withRaw: boolean): ShownRecord[] {
  return withRaw
    ? [...records]
    : records.map(({ raw: _, givenName: __, familyName: ___, ...record }) => record);
}

/** Rejected records with these columns, and with their content if they have it. */
export function rejectedTable(
  records: readonly ShownRecord[],
  columns: readonly (keyof typeof COLUMNS)[],
): string {
  const withRaw = records.some(({ raw }) => raw !== undefined);
  const headings = withRaw ? [...columns, 'AS RECEIVED' as const] : columns;
  return table(
    headings,
    records.map((record) => headings.map((heading) => COLUMNS[heading](record))),
  );
}

/** A group of rejected records, without the content of its latest record. */
export type ShownGroup = Omit<RejectedGroup, 'raw'>;

/** Groups of rejected records in words. */
export function rejectedGroupTable(groups: readonly ShownGroup[]): string {
  return table(
    ['PARTNER', 'PROBLEM', 'TIMES', 'FIRST', 'LAST', 'STATE', 'PERSON', 'GROUP'],
    groups.map((group) => [
      group.partner,
      group.problem,
      group.count,
      shownTime(group.firstAt),
      shownTime(group.lastAt),
      group.state,
      explainPresence(group.presence),
      group.id,
    ]),
  );
}
