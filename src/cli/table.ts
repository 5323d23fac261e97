import stringWidth from 'string-width';

type Cell = string | number | null | undefined;

/** Lines of aligned columns under their headings; numbers stand to the right. */
export function table(headings: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cells = [headings, ...rows].map((row) => row.map((cell) => visible(cell)));
  const widths = headings.map((_heading, column) =>
    Math.max(...cells.map((row) => stringWidth(row[column] ?? ''))),
  );
  const numeric = headings.map((_heading, column) => rows.every((row) => typeof row[column] === 'number'));
  return cells
    .map((row) =>
      row
        .map((cell, column) => pad(cell, widths[column] ?? 0, numeric[column] ?? false))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Text from outside may hold control characters, which a terminal would obey. */
export function visible(cell: Cell): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to replace
  return String(cell ?? '–').replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '·');
}

function pad(cell: string, to: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, to - stringWidth(cell)));
  return right ? space + cell : cell + space;
}
