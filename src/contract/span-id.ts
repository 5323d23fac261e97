/** The id of the span of a Temporal run in its trace. It comes from the run ID, so that all processes know it. */
export function spanIdOf(temporalRunId: string): string {
  return temporalRunId.replaceAll('-', '').toLowerCase().slice(16);
}
