/** Names that operators, schedules and other programs rely on; changing one breaks them. */

export const TASK_QUEUE = 'provider-sync';
export const WORKFLOW_TYPE = 'syncProviders';
/** The partner of a start without a name, where partners.yaml has several and this one is among them. */
export const DEFAULT_PARTNER = 'noteworth';

/** What a partner can be called. */
export const PARTNER_NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** The partner's rule: at most two retries for each endpoint in a run. */
export const MAX_CALLS_PER_ENDPOINT = 3;

/** The memo field in which a starter says who it is, as one of {@link TRIGGERS}. */
export const TRIGGER_MEMO = 'trigger';

/** The memo fields in which our starters note the partner, and the id of the request that asked for the run. */
export const PARTNER_MEMO = 'partner';
export const REQUEST_MEMO = 'requestId';

/** Who can start a run. `temporal` is any start that does not say: the CLI, `tctl` or the Temporal UI. */
export const TRIGGERS = ['schedule', 'cli', 'api', 'web', 'dev', 'temporal'] as const;
export type Trigger = (typeof TRIGGERS)[number];

/** Temporal's search attributes of a run, each a `Keyword`, for `temporal workflow list --query`. */
export const SEARCH_ATTRIBUTES = {
  partner: 'SyncPartner',
  /** One of the run's statuses, except `abandoned`, or `awaiting-approval` for a running one that waits. */
  outcome: 'SyncOutcome',
  trigger: 'SyncTrigger',
} as const;
