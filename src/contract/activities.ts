import type { CheckedAnswer, RefusedAnswer } from './answer';
import type { Decision, HeldSnapshot } from './approval';
import type { PartnerCall } from './call';
import type { FailureType } from './failures';
import type { Trigger } from './names';
import type { RunFailure, RunHolder, SyncCounts } from './run';

/*
 * The inputs and results of the activities. Histories keep them: a field can be added as optional, but never be
 * renamed or removed.
 */

/** The activities of a run. Some of them run as local activities. */
export interface Activities {
  openRun(input: OpenRunInput): Promise<(OpenedRun | SkippedRun) & Searchable>;
  authenticate(input: AuthenticateInput): Promise<AuthenticateResult>;
  fetchProviders(input: FetchProvidersInput): Promise<FetchProvidersResult>;
  /** Takes the place of the two steps before in a run that replays the answer of another run. */
  replayProviders(input: ReplayProvidersInput): Promise<FetchProvidersResult>;
  persistProviders(input: PersistProvidersInput): Promise<(SyncCounts | HeldSnapshot) & OfRun>;
  /** Returns nothing if the run ended as asked. Earlier versions always return nothing. */
  closeRun(input: CloseRunInput): Promise<SavedBefore | undefined>;
}

export interface OpenRunInput {
  /** Left out if the start names no partner. The worker then takes the default partner of its partners.yaml. */
  readonly partner?: string;
  readonly trigger: Trigger;
  /** When Temporal received the start (ISO 8601, UTC). Left out after a reset, which is no start. */
  readonly requestedAt?: string;
  /** Who started the run, if the starter names a person. */
  readonly startedBy?: string;
  /** As in {@link CloseRunInput}. */
  readonly scheduledAt?: string;
  readonly workflowId: string;
  /** Temporal's run id. A second call with the same one returns the run that the first call opened. */
  readonly runId: string;
  /** On the last try, a run with an unknown partner is recorded as failed. */
  readonly isLastTry?: boolean;
  /** Our id of the run whose answer is to be replayed. */
  readonly replay?: string;
  /** The run that continues, as the Temporal run before this one opened it. The call moves its claim to this one. */
  readonly continues?: OpenedRun;
}

/** What the later steps need to know of the run. */
export interface OpenedRun {
  readonly status: 'opened';
  /** Our id of the run, the key in `sync_runs`. */
  readonly id: string;
  /** Temporal's run id when the run was opened or continued. After a reset the workflow has another one. */
  readonly temporalRunId: string;
  readonly partner: PartnerLimits;
  /**
   * Whether the steps of this run put the run's id into their results and reports. The steps of a run that
   * version 0.1.0 opened do not, and this holds until the run ends.
   */
  readonly stepsNameRun?: boolean;
  /** Our id of the run whose answer is replayed. Such a run calls no partner. */
  readonly replayOf?: string;
}

/** The run was not opened, because another run holds the partner. */
export interface SkippedRun {
  readonly status: 'skipped';
  readonly id: string;
  /** Version 0.1.0 leaves this out. Its workflow takes the partner from the input. */
  readonly partner?: PartnerLimits;
  readonly holder: RunHolder;
}

/** A part of every result of `openRun`. */
export interface Searchable {
  /** Whether Temporal has our search attributes. Setting an unknown search attribute would block the run. */
  readonly searchable: boolean;
}

/** What the workflow must know of a partner to plan its calls. */
export interface PartnerLimits {
  readonly name: string;
  /** Milliseconds from connecting to the last byte of an answer. */
  readonly deadlineMs: number;
  /** Whether the partner gives tokens; true if it is left out. */
  readonly authenticates?: boolean;
  /** Whether its answer is probably too large for Temporal, so that Postgres must be available before a call. */
  readonly needsStaging?: boolean;
  /** ISO 8601, UTC: the start of the partner's last successful run, or null. */
  readonly since?: string | null;
}

/** The part of an activity's input with which it numbers and logs its calls. */
export interface CallContext {
  /** Our id of the run. */
  readonly runId: string;
  /** As in {@link OpenedRun}. */
  readonly temporalRunId: string;
  readonly partner: string;
  /** The page for which the call is made, from 1. It is left out for the first one. */
  readonly page?: number;
  /** Calls to the same endpoint that earlier activities of this run made for the same page. */
  readonly callsBefore: number;
}

/**
 * A result or report of a step. It holds the id of the run if {@link OpenedRun.stepsNameRun} is set: encryption
 * binds a payload to the workflow id only, and a later run can have the same workflow id.
 */
export interface OfRun {
  /** Our id of the run. */
  readonly runId?: string;
}

/** What an attempt leaves in its heartbeats for the next attempt, and in its failure for the workflow. */
export interface StepReport extends OfRun {
  /** All calls that the activity has made so far. */
  readonly calls: readonly PartnerCall[];
  /** In a failure: the type of the failure, which Temporal also holds in plain text. */
  readonly failure?: FailureType;
}

export type AuthenticateInput = CallContext;

export interface AuthenticateResult extends OfRun {
  readonly token: string;
  readonly calls: readonly PartnerCall[];
}

export interface FetchProvidersInput extends CallContext {
  /** Null if the partner needs none. */
  readonly token: string | null;
  /** The last page, as it was staged. Left out for the first page. */
  readonly after?: StagedPages;
  /** As in {@link PartnerLimits}. */
  readonly since?: string | null;
  /** As in {@link PartnerLimits}. */
  readonly needsStaging?: boolean;
  /** The calls for this page that are not in the ledger yet. They are stored with the page. */
  readonly earlierCalls?: readonly PartnerCall[];
}

export interface ReplayProvidersInput {
  /** Our id of the run that replays. */
  readonly runId: string;
  /** As in {@link OpenedRun}. */
  readonly temporalRunId: string;
  readonly partner: string;
  /** Our id of the run whose answer is replayed. */
  readonly replayOf: string;
  /** The last page, as it was staged. Left out for the first page. */
  readonly after?: StagedPages;
}

/** The pages of an answer that are in Postgres, because the answer has several or is too large for Temporal. */
export interface StagedPages {
  readonly pages: number;
  /** All records of these pages, usable or not. */
  readonly received: number;
  /** The number of records that the partner announced, or null. */
  readonly total: number | null;
  /** The cursor of the next page; null after the last one. */
  readonly next: string | null;
  /**
   * Identifies how the pages were read, so that all of them are read alike. The first page decides it, not the opening of
   * the run: a rolling restart may change the entry between the two, when no page has been read yet.
   */
  readonly mappingHash: string;
}

/** The whole answer, or the pages that are staged so far. */
export type FetchProvidersResult = OfRun & { readonly calls: readonly PartnerCall[] } & (
    | WholeAnswer
    | { readonly staged: StagedPages }
  );

export interface WholeAnswer {
  readonly answer: CheckedAnswer;
  /** Why the answer must not be stored, or null. Workers of version 0.1.0 leave this out. */
  readonly unusable?: string | null;
  /** Left out if it is not kept. */
  readonly copy?: AnswerCopy;
}

/** A copy of an answer with one page, as the partner sent it: compressed and encrypted, in parts. */
export interface AnswerCopy {
  /** Each part in Base64. */
  readonly parts: readonly string[];
  /** SHA-256 of the body, in hex. */
  readonly sha256: string;
}

/** What a long run hands to the Temporal run that continues it. */
export interface ContinuedRun {
  readonly run: OpenedRun;
  /** The token of the last page; null if the partner needs none, or a new one must be requested. */
  readonly token: string | null;
  readonly staged: StagedPages;
}

/** The answer to store: in the input, or staged. */
export type FetchedAnswer =
  | { readonly answer: CheckedAnswer; readonly copy?: AnswerCopy }
  | { readonly staged: StagedPages };

export type PersistProvidersInput = FetchedAnswer & {
  /** Our id of the run. */
  readonly runId: string;
  readonly partner: string;
  /** The calls that may not be in the ledger yet. */
  readonly calls: readonly PartnerCall[];
  /** An operator's approval of this snapshot, or null. Undefined if the workflow cannot wait for an approval. */
  readonly approval?: Decision | null;
};

/** A run that cannot end as failed or cancelled, because its providers were stored before. */
export interface SavedBefore extends OfRun {
  readonly saved: SyncCounts;
}

export interface CloseRunInput {
  /** Our id of the run. */
  readonly runId: string;
  readonly partner: string;
  readonly status: 'failed' | 'cancelled';
  /** When the workflow scheduled the step (ISO 8601, UTC). A local activity knows only when its latest attempts began. */
  readonly scheduledAt?: string;
  readonly failure: RunFailure;
  readonly calls: readonly PartnerCall[];
  /** For an `UnusableAnswer`: the part of the answer that the run keeps. */
  readonly refused?: RefusedAnswer;
  /** The copy of that answer. */
  readonly copy?: AnswerCopy;
  /** How the wait for an approval ended, if the run waited for one. */
  readonly decision?: Decision | null;
}
