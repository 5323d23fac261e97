import type { Decision, HeldSnapshot } from './approval';
import type { FailureType } from './failures';
import type { Trigger } from './names';
import type { Remark } from './remarks';

/** What a run may be started with; nothing at all means the default partner. */
export interface SyncInput {
  readonly partner?: string;
}

export const RUN_STATUSES = ['running', 'succeeded', 'failed', 'skipped', 'cancelled', 'abandoned'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

export const ENDPOINTS = ['auth', 'providers'] as const;
export type Endpoint = (typeof ENDPOINTS)[number];

/**
 * One call to the partner, as the ledger `partner_calls` keeps it. Its outcome is `ok`, the name of the
 * failure, or `Interrupted` where the worker was gone before the call ended.
 */
export interface PartnerCall {
  readonly endpoint: Endpoint;
  /** Counts the calls to this endpoint within the run, from 1. */
  readonly attempt: number;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Milliseconds; null where the end was not seen. */
  readonly tookMs: number | null;
  readonly httpStatus: number | null;
  /** Bytes of the body after decompression; null where none was read. */
  readonly bytes: number | null;
  readonly outcome: 'ok' | 'Interrupted' | FailureType;
  /** What came back, in words; never anything of the answer itself. */
  readonly detail: string | null;
}

/** JSON as the partner sent it. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A record that passed the check: as sent, trimmed and in NFC. */
export interface CheckedProvider {
  /** SHA-256 (hex) of the normalised identity; equal for the same provider in every run. */
  readonly identityKey: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly title: string | null;
  readonly clinic: string | null;
  /** Fields that partners.yaml does not name, kept with the record. */
  readonly attributes: { readonly [key: string]: Json };
}

/** Why a record cannot be used: what is wrong with its field or, where no field is named, with the record. */
export const REJECTIONS = {
  NotAnObject: 'is not an object',
  MissingField: 'is missing',
  NullField: 'is empty (null)',
  BlankField: 'is blank',
  NotText: 'is not text',
  TooLong: 'is too long',
  InvalidCharacter: 'has a NUL or half a character, which Postgres cannot store',
  NumberOutOfRange: 'has a number that is too large to keep',
  TooComplex: 'is nested too deeply or too large',
  ConflictingDuplicate: 'is listed twice with different details',
} as const;
export type Rejection = keyof typeof REJECTIONS;

/** A record that cannot be used, kept as it came. */
export interface RejectedRecord {
  /** Where it stood in the answer, from 0. */
  readonly position: number;
  readonly reason: Rejection;
  /** The partner's name of the field at fault, where there is one. */
  readonly field: string | null;
  /** The record as JSON text. */
  readonly raw: string;
}

/** A checked answer of the partner. */
export interface CheckedAnswer {
  /** Records in the answer, whether usable or not. */
  readonly received: number;
  readonly providers: readonly CheckedProvider[];
  readonly rejected: readonly RejectedRecord[];
  /** Records left out because an identical one came before. */
  readonly duplicates: number;
  /** The partner's names of fields that partners.yaml does not name. */
  readonly unknownFields: readonly string[];
  /** The partner's names of fields of partners.yaml that no record had. */
  readonly vanishedFields: readonly string[];
  /** The partner's names of fields of partners.yaml that a record had. Workers of version 0.1.0 do not say. */
  readonly sentFields?: readonly string[];
  /** What an operator should know about the answer. Workers of version 0.1.0 do not say. */
  readonly remarks?: readonly Remark[];
}

/** What a run keeps of an answer that it does not store. */
export type RefusedAnswer = Omit<CheckedAnswer, 'providers'>;

/** What a run did to the directory. */
export interface SyncCounts {
  readonly received: number;
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly duplicates: number;
  readonly rejected: number;
  /** Providers of a `snapshot` feed that were no longer in the list. */
  readonly departed: number;
}

export interface RunFailure {
  readonly type: FailureType;
  readonly message: string;
}

/** How the partner's answer relates to the whole: a changing part of it, or all of it. */
export type Feed = 'sample' | 'snapshot';

// Activities: what goes in and what comes out.

export interface OpenRunInput {
  /** Left out where the start names none: the worker's partners.yaml decides. */
  readonly partner?: string;
  readonly trigger: Trigger;
  readonly workflowId: string;
  /** Temporal's run ID; opening the same one twice opens it once. */
  readonly runId: string;
  /** Whether a run whose partner is unknown is recorded as failed, since no worker will be asked again. */
  readonly isLastTry?: boolean;
}

/** The start of a run whose partner is named. */
export type PartnerStart = OpenRunInput & { readonly partner: string };

/** What a step needs to know of the run; `id` is the key in `sync_runs`. */
export interface OpenedRun {
  readonly status: 'opened';
  readonly id: string;
  /** Temporal's run ID at the opening; after a reset the workflow goes on under another one. */
  readonly temporalRunId: string;
  readonly partner: PartnerLimits;
  /**
   * Whether each step of the run puts the run's id into what it returns and reports. Version 0.1.0 opened runs
   * whose steps do not; they end as they began.
   */
  readonly stepsNameRun?: boolean;
}

/** The run ended before it began, since another one holds the partner. */
export interface SkippedRun {
  readonly status: 'skipped';
  readonly id: string;
  /** Left out by the version before, which knew it from the input. */
  readonly partner?: PartnerLimits;
  readonly holder: RunHolder;
}

/** What every opening says beside its outcome. */
export interface Searchable {
  /** Whether Temporal has the search attributes; setting one that it does not know would stop the run. */
  readonly searchable: boolean;
}

export interface RunHolder {
  readonly id: string;
  readonly workflowId: string;
  readonly runId: string;
}

/** What the workflow has to know of a partner to set its timeouts. */
export interface PartnerLimits {
  readonly name: string;
  /** Milliseconds from connecting to the last byte of an answer. */
  readonly deadlineMs: number;
}

/** The part of an activity's input that lets it number its calls and log them. */
export interface CallContext {
  readonly runId: string;
  /** Of the opening, see {@link OpenedRun}. */
  readonly temporalRunId: string;
  readonly partner: string;
  /** Calls to the same endpoint made by earlier activities of this run. */
  readonly callsBefore: number;
}

/**
 * What a step returns or reports holds the id of its run, where {@link OpenedRun.stepsNameRun}. Encryption binds it to
 * a workflow ID, which a later run may have again.
 */
export interface OfRun {
  /** Our id of the run. */
  readonly runId?: string;
}

/** What an attempt leaves to the next one in its heartbeats, and to the workflow in its failure. */
export interface StepReport extends OfRun {
  /** All calls that the activity has made so far. */
  readonly calls: readonly PartnerCall[];
  /** In a failure: its type, which Temporal holds in plain text beside it. */
  readonly failure?: FailureType;
}

export type AuthenticateInput = CallContext;

export interface AuthenticateResult extends OfRun {
  readonly token: string;
  readonly calls: readonly PartnerCall[];
}

export interface FetchProvidersInput extends CallContext {
  readonly token: string;
}

export interface FetchProvidersResult extends OfRun {
  readonly answer: CheckedAnswer;
  /** Why the answer must not be stored, in words. Workers of version 0.1.0 do not say. */
  readonly unusable?: string | null;
  readonly calls: readonly PartnerCall[];
}

export interface PersistProvidersInput {
  readonly runId: string;
  readonly partner: string;
  readonly answer: CheckedAnswer;
  readonly calls: readonly PartnerCall[];
  /** An operator's approval of this snapshot, or null; undefined from a workflow that cannot wait for one. */
  readonly approval?: Decision | null;
}

export interface CloseRunInput {
  readonly runId: string;
  readonly partner: string;
  readonly status: 'failed' | 'cancelled';
  readonly failure: RunFailure;
  readonly calls: readonly PartnerCall[];
  /** Of an `UnusableAnswer`: what the run keeps of it. */
  readonly refused?: RefusedAnswer;
  /** How the wait for an approval ended, where there was one. */
  readonly decision?: Decision | null;
}

/** What the workflow returns. A failed or cancelled run throws instead. */
export type SyncResult =
  | ({ readonly status: 'succeeded'; readonly id: string; readonly partner: string } & SyncCounts)
  | { readonly status: 'skipped'; readonly id: string; readonly partner: string; readonly holder: RunHolder };

export interface Activities {
  openRun(input: OpenRunInput): Promise<(OpenedRun | SkippedRun) & Searchable>;
  authenticate(input: AuthenticateInput): Promise<AuthenticateResult>;
  fetchProviders(input: FetchProvidersInput): Promise<FetchProvidersResult>;
  persistProviders(input: PersistProvidersInput): Promise<(SyncCounts | HeldSnapshot) & OfRun>;
  closeRun(input: CloseRunInput): Promise<void>;
}
