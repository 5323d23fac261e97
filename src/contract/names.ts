/** Names that operators, schedules and other programs rely on. A change breaks them. */

export const TASK_QUEUE = 'provider-sync';
export const WORKFLOW_TYPE = 'syncProviders';
/** The workflow that removes old history. */
export const PRUNE_WORKFLOW_TYPE = 'pruneHistory';
/** The workflow that sends the messages to a receiver of webhooks. */
export const WEBHOOK_WORKFLOW_TYPE = 'deliverWebhooks';
/** The workflow that replays or tests the messages to a receiver. */
export const REQUEST_WEBHOOKS_WORKFLOW_TYPE = 'requestWebhooks';
/** The workflows that erase a person, and let an erased person come back. */
export const ERASE_WORKFLOW_TYPE = 'eraseProvider';
export const UNERASE_WORKFLOW_TYPE = 'uneraseProvider';
/** The partner of a start without a partner's name, if partners.yaml has several partners and this is one of them. */
export const DEFAULT_PARTNER = 'noteworth';

/** The form of a partner's name. */
export const PARTNER_NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** The partner's rule: at most two retries for each endpoint in a run. */
export const MAX_CALLS_PER_ENDPOINT = 3;

/** The memo field in which a starter names itself, as one of {@link STARTERS}. */
export const TRIGGER_MEMO = 'trigger';

/** The memo fields in which our starters note the partner and the id of the HTTP request. */
export const PARTNER_MEMO = 'partner';
export const REQUEST_MEMO = 'requestId';

/** The memo field in which our starters note who starts the run. Memos are encrypted. */
export const STARTED_BY_MEMO = 'startedBy';

/** The starters that name themselves in the memo. */
export const STARTERS = ['cli', 'api', 'web', 'dev'] as const;
export type Starter = (typeof STARTERS)[number];

/**
 * Why a run started. `temporal` is every starter that does not name itself: Temporal's CLI, `tctl` and UI. `replay` is
 * a run that stores the answer of an earlier run again.
 */
export const TRIGGERS = ['schedule', ...STARTERS, 'temporal', 'replay'] as const;
export type Trigger = (typeof TRIGGERS)[number];

/** Temporal's search attributes of a run, each a `Keyword`, for `temporal workflow list --query`. */
export const SEARCH_ATTRIBUTES = {
  partner: 'SyncPartner',
  /** One of the run's statuses, except `abandoned`, or `awaiting-approval` for a running one that waits. */
  outcome: 'SyncOutcome',
  trigger: 'SyncTrigger',
} as const;

/** The id of the span of a Temporal run in its trace. It comes from the run ID, so that all processes know it. */
export function spanIdOf(temporalRunId: string): string {
  return temporalRunId.replaceAll('-', '').toLowerCase().slice(16);
}
