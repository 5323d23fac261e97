/** A line of the table that a soak prints at its end. */
export interface Line {
  readonly what: string;
  readonly value: string | number;
  /** Whether it shows a broken promise. */
  readonly broken: boolean;
  /** The places to look at. */
  readonly examples: readonly string[];
}

const EXAMPLES = 5;

/** A line for information. */
export function fact(what: string, value: string | number): Line {
  return { what, value, broken: false, examples: [] };
}

/** A line that counts events that must never happen. */
export function never(what: string, cases: number | readonly string[]): Line {
  const count = typeof cases === 'number' ? cases : cases.length;
  const examples = typeof cases === 'number' ? [] : cases.slice(0, EXAMPLES);
  return { what, value: count, broken: count !== 0, examples };
}

/** A line that counts events that must have happened; without them the soak proves nothing. */
export function atLeastOnce(what: string, count: number): Line {
  return { what, value: count, broken: count === 0, examples: [] };
}

export function render(lines: readonly Line[]): string {
  const width = Math.max(...lines.map(({ what }) => what.length)) + 3;
  return lines
    .flatMap(({ what, value, broken, examples }) => [
      `${what.padEnd(width)}${value}${broken ? '   BROKEN' : ''}`,
      ...examples.map((example) => `    ${example}`),
    ])
    .map((line) => `${line}\n`)
    .join('');
}
