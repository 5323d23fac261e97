import type { ReceivedSpan } from './trace-sink';

/** The facts that the tree shows. */
const SHOWN = ['temporal.attempt', 'http.response.status_code', 'error.type'];

/**
 * A trace as indented lines: when each span began, how long it took, what it was, and in which process. The processes
 * are numbered in the order in which their first span ended.
 */
export function traceTree(spans: readonly ReceivedSpan[]): string {
  const start = Math.min(...spans.map(({ startedAt }) => startedAt));
  const ids = new Set(spans.map(({ id }) => id));
  const ordered = spans.toSorted((a, b) => a.startedAt - b.startedAt);
  const ended = spans.toSorted((a, b) => a.endedAt - b.endedAt);
  const processes = [...new Set(ended.map((span) => span.process['process.pid']))];
  const below = (parent: string | null) =>
    ordered.filter((span) =>
      parent === null ? span.parent === null || !ids.has(span.parent) : span.parent === parent,
    );
  const lines = (span: ReceivedSpan, depth: number): string[] => [
    [
      (span.startedAt - start).toFixed(0).padStart(6),
      (span.endedAt - span.startedAt).toFixed(1).padStart(9),
      String(processes.indexOf(span.process['process.pid']) + 1).padStart(6),
      `  ${'  '.repeat(depth)}${[span.name, ...factsOf(span)].join('  ')}`,
    ].join(' '),
    ...below(span.id).flatMap((child) => lines(child, depth + 1)),
  ];
  return ['  at ms   took ms worker  span', ...below(null).flatMap((span) => lines(span, 0))].join('\n');
}

function factsOf({ facts }: ReceivedSpan): string[] {
  return SHOWN.flatMap((name) =>
    facts[name] === undefined ? [] : [`${name.split('.').at(-1)}=${facts[name]}`],
  );
}
