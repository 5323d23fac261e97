import stringWidth from 'string-width';
import { outside } from '../process/outside';
import { asCalled } from './command-name';
import { dueZone } from './shown-time';

/** Writes a result for people to standard output. Advice names the command as it was called. */
export function say(text: string): void {
  const zone = dueZone();
  outside().stdout.write(`${asCalled(text)}\n${zone && `${zone}\n`}`);
}

/** Writes a result for programs to standard output. */
export function writeJson(value: unknown): void {
  outside().stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

export interface Progress {
  show(line: string): void;
  end(): void;
}

/**
 * Reports progress on standard error, so that a command's output stays its own. On a terminal each line replaces
 * the one before.
 */
export function createProgress(): Progress {
  const { stderr } = outside();
  const clear = '\r\u001b[2K';
  return {
    show(line) {
      const text = asCalled(line);
      // A line that wraps could not be erased.
      stderr.write(stderr.isTTY ? `${clear}${text.slice(0, (stderr.columns ?? 80) - 3)} …` : `${text}\n`);
    },
    end() {
      if (stderr.isTTY) stderr.write(clear);
    },
  };
}

type Cell = string | number | null | undefined;

/** Aligned columns under their headings; numbers are aligned to the right. */
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

/** Control characters, line breaks and marks that change the direction of writing: a terminal would obey them. */
const OBEYED = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** Makes text from outside safe to print on a terminal. */
export function visible(cell: Cell): string {
  return String(cell ?? '–').replace(OBEYED, '·');
}

function pad(cell: string, to: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, to - stringWidth(cell)));
  return right ? space + cell : cell + space;
}
