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

/** Controls, line breaks and marks that turn the direction of writing: a terminal would obey them. */
const OBEYED = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** Text from outside, as it can be shown on a terminal. */
export function visible(cell: Cell): string {
  return String(cell ?? '–').replace(OBEYED, '·');
}

function pad(cell: string, to: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, to - stringWidth(cell)));
  return right ? space + cell : cell + space;
}
