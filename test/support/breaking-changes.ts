import type { DataSource } from 'typeorm';

/** The parts of the tables that a program relies on. */
export interface Schema {
  readonly columns: readonly Column[];
  readonly rules: readonly Rule[];
}

interface Column {
  readonly table: string;
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  /** Whether an insert may omit the column. */
  readonly filled: boolean;
}

/** A constraint, or a unique index. */
interface Rule {
  readonly table: string;
  readonly definition: string;
  /** Empty if it is over an expression. */
  readonly columns: readonly string[];
}

export async function readSchema(dataSource: Pick<DataSource, 'query'>): Promise<Schema> {
  const columns: Column[] = await dataSource.query(
    `SELECT attrelid::regclass::text AS table, attname AS name, format_type(atttypid, atttypmod) AS type,
       attnotnull AS required, (atthasdef OR attidentity <> '' OR NOT attnotnull) AS filled
     FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
     WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
     ORDER BY 1, attnum`,
  );
  const rules: Rule[] = await dataSource.query(
    // Some versions list not-null constraints here; they are read with the columns.
    `SELECT conrelid::regclass::text AS table, pg_get_constraintdef(oid) AS definition,
       ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = conrelid AND attnum = ANY(conkey)) AS columns
     FROM pg_constraint
     WHERE connamespace = current_schema()::regnamespace AND contype <> 'n'
     UNION ALL
     SELECT indrelid::regclass::text, pg_get_indexdef(indexrelid),
       ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = indrelid AND attnum = ANY(indkey))
     FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
     WHERE relnamespace = current_schema()::regnamespace AND indisunique AND NOT indisprimary`,
  );
  return { columns, rules };
}

/** Lists the changes that break a program that was made for the tables before. */
export function breakingChanges(before: Schema, after: Schema): string[] {
  const known = new Map(before.columns.map((column) => [nameOf(column), column]));
  const tables = new Set(before.columns.map(({ table }) => table));
  const left = new Set(after.columns.map(nameOf));
  return [
    ...before.columns.filter((column) => !left.has(nameOf(column))).map((column) => `${nameOf(column)} went`),
    ...after.columns
      .filter(({ table }) => tables.has(table))
      .flatMap((column) => breakingColumn(known.get(nameOf(column)), column)),
    ...changedRules(before, after, known),
  ];
}

function breakingColumn(before: Column | undefined, after: Column): string[] {
  const name = nameOf(after);
  if (!before) return after.filled ? [] : [`${name} came, required and without a default`];
  return [
    ...(before.type === after.type ? [] : [`${name} became ${after.type}`]),
    ...(after.required && !before.required ? [`${name} became required`] : []),
    ...(before.filled && !after.filled && before.required ? [`${name} lost its default`] : []),
  ];
}

/** Rules that were added for existing columns, and rules that were removed, on which an upsert may rely. */
function changedRules(before: Schema, after: Schema, known: ReadonlyMap<string, Column>): string[] {
  const isNew = (table: string, column: string) => !known.has(`${table}.${column}`);
  const concerns = ({ table, columns }: Rule) =>
    before.columns.some((column) => column.table === table) &&
    !(columns.length > 0 && columns.every((column) => isNew(table, column)));
  const write = ({ table, definition }: Rule) => `${table}: ${definition}`;
  const [old, now] = [before.rules.map(write), after.rules.filter(concerns).map(write)];
  return [
    ...now.filter((rule) => !old.includes(rule)).map((rule) => `came for ${rule}`),
    ...old.filter((rule) => !now.includes(rule)).map((rule) => `went for ${rule}`),
  ];
}

function nameOf({ table, name }: Column): string {
  return `${table}.${name}`;
}
