import type { Json } from './answer';

/** What a run did to a person: one kind for each person and run. */
export const CHANGE_KINDS = ['new', 'left', 'returned', 'changed'] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** The fields by which changes are filtered; `other` are the fields that partners.yaml does not name. */
export const CHANGE_FIELDS = ['title', 'clinic', 'name', 'other'] as const;
export type ChangeField = (typeof CHANGE_FIELDS)[number];

/** A field with its values before and after; a value is null if there was none. */
export interface FieldChange {
  /** Our name of the field; `attributes.<name>` for a field that partners.yaml does not name. */
  readonly field: string;
  readonly before: Json;
  readonly after: Json;
}

/** Each kind in words. */
export const CHANGE_WORDS: Readonly<Record<ChangeKind, string>> = {
  new: 'new in the directory',
  left: 'left the partner’s list',
  returned: 'returned to the partner’s list',
  changed: 'changed',
};

/** The field that says whether the partner lists the person. Its change is a kind, and needs no values. */
const LISTED = 'listed';
/** What the name of a field begins with that partners.yaml does not name. */
export const ATTRIBUTE = 'attributes.';
const FIELDS: Readonly<Record<string, string>> = { givenName: 'given name', familyName: 'family name' };

/** A field as people call it. */
export function nameOfField(field: string): string {
  return FIELDS[field] ?? (isUnmapped(field) ? attributeOf(field) : field);
}

/** Whether partners.yaml does not name the field. */
export function isUnmapped(field: string): boolean {
  return field.startsWith(ATTRIBUTE);
}

/** The partner's name of such a field. */
export function attributeOf(field: string): string {
  return field.slice(ATTRIBUTE.length);
}

/** The changes that have values to show. */
export function withValues(changes: readonly FieldChange[]): FieldChange[] {
  return changes.filter(({ field }) => field !== LISTED);
}

/** The kind that a change of the partner's list gives to all changes of the person in the run. */
export function kindOf(changes: readonly FieldChange[]): Exclude<ChangeKind, 'new'> {
  const listed = changes.find(({ field }) => field === LISTED);
  if (!listed) return 'changed';
  return listed.after === true ? 'returned' : 'left';
}

/** A value for people; empty if there is none. */
export function valueInWords(value: Json): string {
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return value;
  const isPlainList =
    Array.isArray(value) && value.every((one) => typeof one === 'string' && !one.includes(','));
  return isPlainList ? value.join(', ') : JSON.stringify(value);
}

/** All that happened, for example `returned to the partner’s list; title: PA → Dr.` */
export function changesInWords(kind: ChangeKind, changes: readonly FieldChange[]): string {
  const fields = withValues(changes).map(
    ({ field, before, after }) =>
      `${nameOfField(field)}: ${valueInWords(before) || 'none'} → ${valueInWords(after) || 'none'}`,
  );
  return [...(kind === 'changed' ? [] : [CHANGE_WORDS[kind]]), ...fields].join('; ');
}

/** The number of people of each kind; `atLeast` names the kinds of which there may be more. */
export interface ChangeCounts extends Readonly<Record<ChangeKind, number>> {
  readonly atLeast: readonly ChangeKind[];
}

/** The number of people of all kinds, in the same form as {@link countOf}. */
export function totalInWords(counts: ChangeCounts): string {
  const total = CHANGE_KINDS.reduce((sum, kind) => sum + counts[kind], 0);
  return `${total.toLocaleString('en')}${counts.atLeast.length > 0 ? '+' : ''}`;
}

/** The number of people, for example `2,880`, or `10,000+` if there may be more. */
export function countOf(counts: ChangeCounts, kind: ChangeKind): string {
  return `${counts[kind].toLocaleString('en')}${counts.atLeast.includes(kind) ? '+' : ''}`;
}

/** For example `3 new, 1 left, 12 changed`; empty if there are none. */
export function countsInWords(counts: ChangeCounts): string {
  return CHANGE_KINDS.filter((kind) => counts[kind] > 0)
    .map((kind) => `${countOf(counts, kind)} ${kind}`)
    .join(', ');
}
