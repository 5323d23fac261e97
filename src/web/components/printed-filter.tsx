/** The parameters of lists, in words. */
const NAMES: Readonly<Record<string, string>> = {
  search: 'search',
  changedSince: 'new or changed since',
  startedAfter: 'since',
  startedBefore: 'before',
  failureType: 'cause',
  repeated: 'needed a repeat',
  minDurationMs: 'took at least',
  maxDurationMs: 'took at most',
  runId: 'run',
  trigger: 'started by',
  field: 'what changed',
  sort: 'sorted by',
};

/** The filter and order of a list as a sentence. Only paper shows it, instead of the form. */
export function PrintedFilter({ query }: { readonly query: object }) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  if (given.length === 0) return null;
  const text = given.map(([name, value]) => `${NAMES[name] ?? name} “${value}”`).join(', ');
  return <p class="on-paper">{`Filter: ${text}`}</p>;
}
