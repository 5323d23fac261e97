/** What a part of the benchmark found, as Markdown. */
export interface Report {
  readonly title: string;
  /** How it was measured, a sentence each. */
  readonly notes: readonly string[];
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function renderReport({ title, notes, headings, rows }: Report): string {
  return `## ${title}\n\n${notes.join('\n')}\n\n${markdownTable(headings, rows)}\n`;
}

/** The first column says what a row is about and stands to the left, figures to the right. */
function markdownTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((_heading, column) =>
    Math.max(3, ...[headings, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const cellsOf = (row: readonly string[]) =>
    widths.map((width, column) =>
      column === 0 ? (row[column] ?? '').padEnd(width) : (row[column] ?? '').padStart(width),
    );
  const rule = widths.map((width, column) =>
    column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [headings, null, ...rows].map((row) => `${line(row ? cellsOf(row) : rule)}\n`).join('');
}

/** Milliseconds, as exact as they mean something. */
export function ms(value: number): string {
  return value < 100 ? value.toFixed(1) : value.toFixed(0);
}

/** How many times the one figure is the other. */
export function times(value: number, base: number): string {
  return `${(value / base).toFixed(2)}×`;
}

export function bytes(value: number): string {
  if (value < 10_000) return `${value.toFixed(0)} B`;
  return value < 10e6 ? `${(value / 1e3).toFixed(0)} kB` : `${(value / 1e6).toFixed(0)} MB`;
}

/** A whole number with its thousands apart. */
export function whole(value: number): string {
  return value.toLocaleString('en').replaceAll(',', ' ');
}
