/** A table in Markdown. A bar inside of a cell is escaped, and a line break becomes a space. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Text as a code span; empty text stays empty. */
export function code(text: string): string {
  return text === '' ? '' : `\`${text}\``;
}

/** The cells of the rows below this head, such as `| name | meaning |`. */
export function rowsBelow(head: string, text: string): string[][] {
  const [, after = ''] = text.split(`\n${head}\n`);
  const rows = /^(?:\|.*\n)*/.exec(after)?.[0].trimEnd().split('\n').slice(1) ?? [];
  return rows.map((row) =>
    row
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((one) => one.trim()),
  );
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replace(/\s+/g, ' ');
}
