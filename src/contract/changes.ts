import type { Json } from './answer';

/** What a run did to a person: one kind for each person and run. */
export const CHANGE_KINDS = ['new', 'left', 'returned', 'changed'] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** A field with its values before and after; a value is null if there was none. */
export interface FieldChange {
  /** Our name of the field; `attributes.<name>` for a field that partners.yaml does not name. */
  readonly field: string;
  readonly before: Json;
  readonly after: Json;
}

/** Each kind in words. */
const CHANGE_WORDS: Readonly<Record<ChangeKind, string>> = {
  new: 'new in the directory',
  left: 'left the partner’s list',
  returned: 'returned to the partner’s list',
  changed: 'changed',
};

/** The field that says whether the partner lists the person. Its change is a kind, and needs no values. */
const LISTED = 'listed';
const ATTRIBUTE = 'attributes.';
const FIELDS: Readonly<Record<string, string>> = { givenName: 'given name', familyName: 'family name' };

/** A field as people call it. */
export function nameOfField(field: string): string {
  return FIELDS[field] ?? (isUnmapped(field) ? field.slice(ATTRIBUTE.length) : field);
}

/** Whether partners.yaml does not name the field. */
function isUnmapped(field: string): boolean {
  return field.startsWith(ATTRIBUTE);
}

/** The changes that have values to show. */
function withValues(changes: readonly FieldChange[]): FieldChange[] {
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
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** All that happened, for example `returned to the partner’s list; title: PA → Dr.` */
export function changesInWords(kind: ChangeKind, changes: readonly FieldChange[]): string {
  const fields = withValues(changes).map(
    ({ field, before, after }) =>
      `${nameOfField(field)}: ${valueInWords(before) || 'none'} → ${valueInWords(after) || 'none'}`,
  );
  return [...(kind === 'changed' ? [] : [CHANGE_WORDS[kind]]), ...fields].join('; ');
}
