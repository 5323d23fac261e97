interface Timestamp {
  readonly seconds?: unknown;
  readonly nanos?: number | null;
}

/** A protobuf timestamp in milliseconds since 1970, or 0 if there is none. */
export function millisecondsOf(time: Timestamp | null | undefined): number {
  return Number(time?.seconds ?? 0) * 1000 + Math.floor((time?.nanos ?? 0) / 1_000_000);
}

/** A protobuf timestamp in ISO 8601, UTC, or null if there is none. */
export function isoTimeOf(time: Timestamp | null | undefined): string | null {
  const milliseconds = millisecondsOf(time);
  return milliseconds > 0 ? new Date(milliseconds).toISOString() : null;
}
