/** The results of one part of the benchmark. */
export interface Report {
  readonly title: string;
  /** Sentences about how it was measured. */
  readonly notes: readonly string[];
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function renderReport({ title, notes, headings, rows }: Report): string {
  return `## ${title}\n\n${notes.join('\n')}\n\n${markdownTable(headings, rows)}\n`;
}

/** The first column is aligned to the left; figures are aligned to the right. */
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

/** Milliseconds with a useful precision. */
export function ms(value: number): string {
  return value < 100 ? value.toFixed(1) : value.toFixed(0);
}

/** The ratio of a figure to the base. */
export function times(value: number, base: number): string {
  return `${(value / base).toFixed(2)}×`;
}

export function bytes(value: number): string {
  if (value < 10_000) return `${value.toFixed(0)} B`;
  return value < 10e6 ? `${(value / 1e3).toFixed(0)} kB` : `${(value / 1e6).toFixed(0)} MB`;
}

/** A whole number with spaces between thousands. */
export function whole(value: number): string {
  return value.toLocaleString('en').replaceAll(',', ' ');
}
