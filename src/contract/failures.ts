/**
 * What follows a failed step. `yes`: the step is repeated. `reauthenticate`: repeating the call cannot help, a new
 * token may. `reopen`: the run must claim the partner again.
 */
export type Retry = 'yes' | 'no' | 'reauthenticate' | 'reopen';

export interface FailureEntry {
  readonly retry: Retry;
  /** The cause in a few words, to choose or to recognise it in a list. */
  readonly title: string;
  /** What happened, for an operator. */
  readonly meaning: string;
  /** What exactly counts as this failure, or what follows from it. For the documentation. */
  readonly details?: string;
  /** What an operator can do about it. */
  readonly advice: string;
}

/**
 * All failures of a run: one name for each cause. It is the `type` of Temporal's `ApplicationFailure`, and the name
 * in the tables, the API and the logs.
 */
export const FAILURES = {
  PartnerUnreachable: {
    retry: 'yes',
    title: 'partner cannot be reached',
    meaning: 'The partner could not be reached: connection refused or reset, or its name did not resolve.',
    details: 'Failures of TLS count too.',
    advice: "Check the partner's base URL and the network between this worker and the partner.",
  },
  PartnerTimeout: {
    retry: 'yes',
    title: 'no complete answer in time',
    meaning: 'The partner gave no complete answer within the deadline.',
    details: 'The deadline covers everything from connecting to the last byte. HTTP 408 counts too.',
    advice: 'The partner hangs now and then. If it happens in every run, ask the partner.',
  },
  PartnerError: {
    retry: 'yes',
    title: 'server error of the partner',
    meaning: 'The partner answered with a server error.',
    details: 'HTTP 5xx, except 503.',
    advice: 'The partner fails now and then. If it happens in every run, ask the partner.',
  },
  PartnerBusy: {
    retry: 'yes',
    title: 'partner asked for a pause',
    meaning: 'The partner asked for a pause (429 or 503).',
    details: 'The next call waits for `Retry-After`, at most a minute.',
    advice: 'Start runs less often, or ask the partner for a higher limit.',
  },
  IncompleteResponse: {
    retry: 'yes',
    title: 'answer cut short or malformed',
    meaning: 'The partner answered 200, but the answer was cut short or had an unexpected form.',
    details:
      'The body is cut, not JSON, not HTTP, lacks the list or has fewer than `minimumCount` records; the token is missing; the status is another 2xx.',
    advice: 'If it happens in every run, compare the answer with the entry in partners.yaml.',
  },
  TokenRejected: {
    retry: 'reauthenticate',
    title: 'token not accepted',
    meaning: 'The partner did not accept the token: another program requested a newer one, or it expired.',
    details:
      'A status of `rejectedStatus` (HTTP 403 for Noteworth) to a call with a token, or the text `noTokenText`.',
    advice: 'Look for another program that uses the same partner account.',
  },
  RequestRejected: {
    retry: 'no',
    title: 'request refused by the partner',
    meaning: 'The partner refused the request itself: a redirect or a 4xx answer.',
    details:
      'HTTP 401 or any other 4xx that does not mean the token, or a redirect. Redirects are never followed.',
    advice: 'Compare credentials, paths and header names in partners.yaml with what the partner expects.',
  },
  RequestInvalid: {
    retry: 'no',
    title: 'request could not be computed',
    meaning: 'A part of the request could not be computed from partners.yaml, so nothing was sent.',
    details: 'An expression failed, or a header has no value. It counts as a call.',
    advice: 'Correct the expression in partners.yaml. The reason names its place.',
  },
  ResponseTooLarge: {
    retry: 'no',
    title: 'answer too large',
    meaning: 'The answer was larger than a limit.',
    details:
      'More than `maxBytes` after decompression, more than `maximumCount` records, or more than `maximumPages` pages.',
    advice: 'The reason names the limit. Ask the partner whether this size is correct.',
  },
  UnusableAnswer: {
    retry: 'no',
    title: 'too few usable records',
    meaning: "The partner's answer was complete, but too few of its records can be used. Nothing was stored.",
    details:
      'Fewer than `minimumCount` different records, or more than `maximumRejected` of them cannot be used. The rejected records are kept.',
    advice:
      "Compare the run's rejected records with fields, optional and identity in partners.yaml. If the partner changed its format, change the entry; if its data is wrong, ask the partner.",
  },
  SnapshotRejected: {
    retry: 'no',
    title: 'snapshot not approved',
    meaning:
      "The partner's list would have marked too many people as left, and no operator approved it. No one was marked as left.",
    details: 'An operator rejected the snapshot, or `approveWithin` passed without a decision.',
    advice:
      'Ask the partner whether its list was complete, then start a new sync. If such changes are usual, raise maximumDeparted in partners.yaml.',
  },
  UnknownPartner: {
    retry: 'no',
    title: 'partner not in partners.yaml',
    meaning: 'The run was started for a partner that partners.yaml does not name.',
    details: 'The run waits two minutes for a worker that knows the partner, and is then recorded as failed.',
    advice: 'Name one of the partners in partners.yaml. After a change of that file, restart the workers.',
  },
  PartnerChanged: {
    retry: 'no',
    title: 'partners.yaml changed during the run',
    meaning: 'The entry of the partner in partners.yaml changed while the run fetched its pages.',
    details:
      'All pages of a run are read alike. The run waits two minutes for a worker that still has the earlier entry.',
    advice: 'Start a new run. It uses the new entry.',
  },
  InvalidInput: {
    retry: 'no',
    title: 'invalid input',
    meaning: 'The run was started with an invalid input.',
    details: 'No run is recorded.',
    advice:
      'Start it without input, with null, or with {"partner": "<name>"}. To replay a run, add "replay": "<id of the run>".',
  },
  StagedRecordsMissing: {
    retry: 'no',
    title: 'staged records missing',
    meaning: 'Records of the answer that were staged in Postgres are missing.',
    details: 'A page is not there, or has fewer records than the partner sent.',
    advice:
      'Start the sync again. If it happens again, look for a program that removes rows of staged_records.',
  },
  AnswerUnavailable: {
    retry: 'no',
    title: 'answer to replay not available',
    meaning: 'The answer of the run to replay cannot be used.',
    details:
      'It was not kept, is no longer kept or was changed, its key is missing, it belongs to another partner, or a newer list of the partner has been stored since.',
    advice: 'Replay a later run, or start a sync.',
  },
  StoreUnavailable: {
    retry: 'yes',
    title: 'database unavailable',
    meaning: 'Postgres cannot be reached, is failing over, or is not set up for this version.',
    details:
      'Postgres also counts as unavailable if it is read-only or full, if TLS, the login or a proxy fails, and after every error that is not a known defect.',
    advice:
      'Repair Postgres or the connection to it. The run waits and then continues. `provider-sync doctor` reports what is missing.',
  },
  StoreRejected: {
    retry: 'no',
    title: 'result refused by the database',
    meaning: 'Postgres is available but refused to store the result.',
    advice: 'This is a defect. Nothing was stored. Report it with the run id.',
  },
  TemporalUnavailable: {
    retry: 'yes',
    title: 'Temporal did not respond',
    meaning: 'Temporal did not report whether the run that holds the partner is still running.',
    advice: 'Check why the worker cannot reach Temporal. The run continues when it can.',
  },
  PayloadKeyMissing: {
    retry: 'yes',
    title: 'payload key missing',
    meaning: 'A payload of the run is encrypted with a key that the worker does not have.',
    details:
      'The message names the id of the key. A step that calls the partner has three attempts; every other step waits for the key.',
    advice: 'Add the named key at the end of PAYLOAD_KEYS of every worker, and restart the workers.',
  },
  InvalidResult: {
    retry: 'no',
    title: 'result of a step not genuine',
    meaning:
      'The result of a step or of the run is not genuine: it was made by hand, belongs to another run, or was changed.',
    advice: "Find out in Temporal's history who completed the step, then start a new run.",
  },
  RunSuperseded: {
    retry: 'no',
    title: 'run had already ended otherwise',
    meaning: 'The run had already ended in another way, so its result was not stored.',
    advice: 'Look at the later runs. Start a new one if the directory is not fresh.',
  },
  RunReset: {
    retry: 'reopen',
    title: 'workflow was reset',
    meaning:
      'The workflow was reset to a point at which an earlier run of the same workflow held the partner.',
    advice: 'Nothing to do: the workflow begins again as a new run.',
  },
  WorkerLost: {
    retry: 'yes',
    title: 'worker lost',
    meaning: 'The worker that made the call was lost before it reported the result.',
    details: 'The call counts as one of the three.',
    advice: 'Check why workers were killed or lost their connection to Temporal.',
  },
  Cancelled: {
    retry: 'no',
    title: 'cancelled by an operator',
    meaning: 'The run was cancelled.',
    advice: 'Start a new run when the partner should be synced again.',
  },
  Abandoned: {
    retry: 'no',
    title: 'no longer run by Temporal',
    meaning:
      'Temporal no longer runs this workflow: it was terminated, timed out or deleted, or it failed before its end could be recorded.',
    advice: 'Start a new run when the partner should be synced again.',
  },
  InternalError: {
    retry: 'no',
    title: 'defect in Provider Sync',
    meaning: 'An unexpected error: a defect in Provider Sync.',
    advice: 'Report it with the run id and the log of the worker.',
  },
} as const satisfies Record<string, FailureEntry>;

export type FailureType = keyof typeof FAILURES;

export function isFailureType(value: unknown): value is FailureType {
  return typeof value === 'string' && Object.hasOwn(FAILURES, value);
}

/** The advice for an answer that is too large, by the limit that the message names. */
const LIMITS: readonly (readonly [limit: string, advice: string])[] = [
  ['maxBytes', 'If this size is correct, raise maxBytes in partners.yaml.'],
  ['maximumCount', 'If this number of records is correct, raise maximumCount in partners.yaml.'],
  ['maximumPages', 'If this number of pages is correct, raise maximumPages in partners.yaml.'],
];

/** What an operator can do about a failure. */
export function adviseOn({
  type,
  message,
}: {
  readonly type: FailureType;
  readonly message: string;
}): string {
  const limit = type === 'ResponseTooLarge' && LIMITS.find(([name]) => message.includes(name));
  return limit ? limit[1] : FAILURES[type].advice;
}
