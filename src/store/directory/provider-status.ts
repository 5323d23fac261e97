/** Whether a provider is in its partner's list: `present`, or `left` since a whole list came without it. */
export const PROVIDER_STATUSES = ['present', 'left', 'all'] as const;
export type ProviderStatus = (typeof PROVIDER_STATUSES)[number];

const LISTED: Record<ProviderStatus, boolean | undefined> = { present: true, left: false, all: undefined };

interface StatusQuery {
  readonly status?: ProviderStatus | undefined;
  /** The older form of `status`. */
  readonly listed?: boolean | undefined;
  readonly changedSince?: unknown;
}

/**
 * Which providers a list shows: the present ones, unless the query asks for others. A list of changes shows people
 * who left too, so that a program that follows it misses no departure.
 */
export function statusOf({ status, listed, changedSince }: StatusQuery): ProviderStatus {
  if (status !== undefined) return status;
  if (listed !== undefined) return listed ? 'present' : 'left';
  return changedSince === undefined ? 'present' : 'all';
}

/** The same, as the filter `listed` of a list. */
export function listedOf(query: StatusQuery): boolean | undefined {
  return LISTED[statusOf(query)];
}
