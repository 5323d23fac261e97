import type { AttributeNames } from '../../store/directory/read-attribute-names';

/** How a file for people shows one field. */
type Heading<T> = string | readonly [heading: string, write: (item: T) => unknown];

/** The fields of an item that CSV has, in order, with their headings for people. */
export type Headings<T> = Readonly<Partial<Record<keyof T & string, Heading<T>>>>;

/** One column of a CSV file. */
export interface CsvColumn<T> {
  readonly heading: string;
  readonly read: (item: T) => unknown;
}

/** The unmapped fields of a provider. */
export const ATTRIBUTES = 'attributes';
/** The API names every time like `firstSeenAt`, and nothing else. */
const TIME = /At$/;
/** The ids of items and of what they belong to. */
const ID = /^id$|Ids?$/;

/** Columns for programs: the names of the fields in the API, and their values as in JSON. */
export function namedColumns<T>(fields: readonly (keyof T & string)[]): CsvColumn<T>[] {
  return fields.map((field) => ({ heading: field, read: (item) => item[field] }));
}

/**
 * Columns for people: headings in words, times that a spreadsheet recognises, and a column for each unmapped field.
 *
 * @param chosen the fields to show; without it all, the ids last
 */
export function wordedColumns<T>(
  headings: Headings<T>,
  chosen: readonly (keyof T & string)[] | undefined,
  attributes: AttributeNames,
): CsvColumn<T>[] {
  const all = Object.keys(headings) as (keyof T & string)[];
  const fields = chosen ?? [
    ...all.filter((field) => !ID.test(field)),
    ...all.filter((field) => ID.test(field)),
  ];
  const taken = new Set(fields.map((field) => headingOf(field, headings[field]).toLowerCase()));
  return fields.flatMap((field) =>
    field === ATTRIBUTES ? attributeColumns<T>(attributes, taken) : [wordedColumn(field, headings[field])],
  );
}

function wordedColumn<T>(field: keyof T & string, heading: Heading<T> | undefined): CsvColumn<T> {
  const write = typeof heading === 'object' ? heading[1] : (item: T) => item[field];
  const isTime = TIME.test(field);
  return {
    heading: headingOf(field, heading),
    read: (item) => (isTime ? toSheetTime(write(item)) : inWords(write(item))),
  };
}

function headingOf<T>(field: string, heading: Heading<T> | undefined): string {
  const words = typeof heading === 'object' ? heading[0] : (heading ?? field);
  return TIME.test(field) ? `${words} (UTC)` : words;
}

/** A column for each name, and one for the fields that have none, if there are more. */
function attributeColumns<T>(
  { names, isComplete }: AttributeNames,
  taken: ReadonlySet<string>,
): CsvColumn<T>[] {
  const known = new Set(names);
  const columns = names.map((name) => ({
    heading: taken.has(name.toLowerCase()) ? `${name} (partner’s field)` : name,
    read: (item: T) => {
      const attributes = attributesOf(item);
      // An unmapped field may be called `__proto__`.
      return Object.hasOwn(attributes, name) ? inWords(attributes[name]) : null;
    },
  }));
  if (isComplete) return columns;
  const rest = (item: T) => {
    const others = Object.entries(attributesOf(item)).filter(([name]) => !known.has(name));
    return others.length > 0 ? Object.fromEntries(others) : null;
  };
  return [...columns, { heading: 'Other fields', read: rest }];
}

function attributesOf(item: unknown): Readonly<Record<string, unknown>> {
  return (item as { [ATTRIBUTES]?: Record<string, unknown> })[ATTRIBUTES] ?? {};
}

function inWords(value: unknown): unknown {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.join(', ');
  return value;
}

/** For example `2026-03-01 08:30:00`, which spreadsheets of every language take for a time. */
function toSheetTime(time: unknown): unknown {
  return typeof time === 'string' ? `${time.slice(0, 10)} ${time.slice(11, 19)}` : time;
}
