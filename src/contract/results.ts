import type {
  Activities,
  AuthenticateResult,
  ContinuedRun,
  FetchProvidersResult,
  SavedBefore,
  StepReport,
} from './activities';
import { AWAITING_APPROVAL } from './approval';
import { ENDPOINTS } from './call';
import { isFailureType } from './failures';
import { MAX_CALLS_PER_ENDPOINT } from './names';
import type { SyncResult } from './run';

/*
 * Checks of the shapes of results and reports. Anyone who can reach Temporal can send it a result. Fields that are
 * not named here are accepted: a newer worker may send them.
 */

type Check = (value: unknown) => boolean;
type Opening = Awaited<ReturnType<Activities['openRun']>>;
type Saved = Awaited<ReturnType<Activities['persistProviders']>>;

/** Whether the value is a result of `openRun`. */
export function isOpening(value: unknown): value is Opening {
  return isOpened(value) || isSkipped(value);
}

/** Whether the value is a result of `authenticate`. */
export function isAuthenticateResult(value: unknown): value is AuthenticateResult {
  return hasShape({ token: isName, calls: isCalls })(value);
}

/** Whether the value is a result of `fetchProviders`. The records are checked before they are stored. */
export function isFetchProvidersResult(value: unknown): value is FetchProvidersResult {
  return isWholeAnswer(value) || hasShape({ staged: isStagedPages, calls: isCalls })(value);
}

/** Whether the value is what a long run hands to the Temporal run that continues it. */
export function isContinuedRun(value: unknown): value is ContinuedRun {
  return hasShape({ run: isOpenedRun, token: orNull(isName), staged: isStagedPages })(value);
}

/** Whether the value is a result of `persistProviders`. */
export function isSaved(value: unknown): value is Saved {
  return isCounts(value) || isHeldSnapshot(value);
}

/** Whether the value is a result of `closeRun` for a run whose providers were stored before. */
export function isSavedBefore(value: unknown): value is SavedBefore {
  return hasShape({ saved: isCounts })(value);
}

/** Whether the value is a result of the workflow. */
export function isSyncResult(value: unknown): value is SyncResult {
  return isSynced(value) || isSkippedSync(value);
}

/** Whether the value is the report of an attempt, from a heartbeat or a failure. */
export function isStepReport(value: unknown): value is StepReport {
  return hasShape({ runId: optional(isName), failure: optional(isFailureType), calls: isCalls })(value);
}

const isText: Check = (value) => typeof value === 'string';
const isName: Check = (value) => isText(value) && value !== '';
const isBoolean: Check = (value) => typeof value === 'boolean';
const isCount: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const isTime: Check = (value) => isText(value) && !Number.isNaN(Date.parse(String(value)));
const isDuration: Check = (value) => Number.isFinite(value) && Number(value) >= 0;
const isAttempt: Check = (value) => isCount(value) && value !== 0 && Number(value) <= MAX_CALLS_PER_ENDPOINT;
const isPage: Check = (value) => isCount(value) && value !== 0;
const isList = (item: Check): Check => {
  return (value) => Array.isArray(value) && value.every((each) => item(each));
};
const optional = (check: Check): Check => {
  return (value) => value === undefined || check(value);
};
const orNull = (check: Check): Check => {
  return (value) => value === null || check(value);
};
const isOneOf = (...values: readonly unknown[]): Check => {
  return (value) => values.includes(value);
};
const hasShape = (fields: { readonly [name: string]: Check }): Check => {
  return (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(fields).every(([name, check]) => check((value as Record<string, unknown>)[name]));
};

const isLimits = hasShape({
  name: isName,
  deadlineMs: isDuration,
  authenticates: optional(isBoolean),
  needsStaging: optional(isBoolean),
  since: optional(orNull(isTime)),
});
const openedRun = {
  status: isOneOf('opened'),
  id: isName,
  temporalRunId: isName,
  partner: isLimits,
  replayOf: optional(isName),
};
const isOpenedRun = hasShape({ ...openedRun, stepsNameRun: isOneOf(true) });
const isOpened = hasShape({ ...openedRun, searchable: isBoolean });
const isHolder = hasShape({ id: isName, workflowId: isName, runId: isName });
const isSkipped = hasShape({
  status: isOneOf('skipped'),
  id: isName,
  searchable: isBoolean,
  partner: optional(isLimits),
  holder: isHolder,
});
const isSkippedSync = hasShape({
  status: isOneOf('skipped'),
  id: isName,
  partner: isName,
  holder: isHolder,
});
const isCalls = isList(
  hasShape({
    endpoint: isOneOf(...ENDPOINTS),
    page: optional(isPage),
    attempt: isAttempt,
    scheduledAt: optional(isTime),
    startedAt: isTime,
    tookMs: orNull(isDuration),
    httpStatus: orNull(isCount),
    bytes: orNull(isCount),
    outcome: (value) => isOneOf('ok', 'Interrupted')(value) || isFailureType(value),
    detail: orNull(isText),
  }),
);
const counts = {
  received: isCount,
  inserted: isCount,
  updated: isCount,
  unchanged: isCount,
  duplicates: isCount,
  rejected: isCount,
  departed: isCount,
};
const isCounts = hasShape(counts);
const isSynced = hasShape({ status: isOneOf('succeeded'), id: isName, partner: isName, ...counts });
const isHeldSnapshot = hasShape({
  status: isOneOf(AWAITING_APPROVAL),
  departing: isCount,
  listed: isCount,
  requestedAt: isTime,
  deadline: isTime,
});
const isAnswer = hasShape({
  received: isCount,
  providers: Array.isArray,
  rejected: Array.isArray,
  duplicates: isCount,
  unknownFields: isList(isText),
  vanishedFields: isList(isText),
});
const isBase64: Check = (value) => isText(value) && /^[\w+/]*={0,2}$/.test(String(value));
const isSha256: Check = (value) => isText(value) && /^[\da-f]{64}$/.test(String(value));
const isCopy = hasShape({ parts: isList(isBase64), sha256: isSha256 });
const isWholeAnswer = hasShape({
  answer: isAnswer,
  unusable: optional(orNull(isText)),
  copy: optional(isCopy),
  calls: isCalls,
});
const isStagedPages = hasShape({
  pages: isPage,
  received: isCount,
  total: orNull(isCount),
  next: orNull(isText),
  mappingHash: isName,
});
