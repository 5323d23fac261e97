import type { Feed } from '../../contract/answer';
import { fieldRows, isChanged } from '../directory/provider-differences';
import { prepared } from '../postgres/prepared';
import type { Transaction } from '../postgres/transaction';
import { isGood } from '../runs/good-run';
import { isSpared, sparedPeople } from '../runs/spared-people';
import { stagedProviders } from './stage-providers';

export interface MergeCounts {
  readonly inserted: number;
  readonly updated: number;
  readonly departed: number;
  /** Records that say that a person left, also one who is not in the list. */
  readonly marks: number;
  /** The part of the departed ones that such a record names. */
  readonly marked: number;
  /** Absent from a snapshot, but not marked as left, because a rejected record may be about them. */
  readonly spared: number;
  /** The part of the updated ones that had left before. */
  readonly returned: number;
}

/** The run whose answer is replayed. */
export interface SourceRun {
  readonly startedAt: Date;
  readonly finishedAt: Date;
}

interface Merge {
  readonly runId: string;
  readonly partner: string;
  readonly feed: Feed;
  /** As in `ReadyAnswer`. */
  readonly few: string | null;
  /** The identity keys of rejected records that are not stored yet; null if the identity cannot be read. */
  readonly rejectedKeys: readonly (string | null)[];
  /** For a replay: the run that received the answer. A provider that a later sample had stays as it is. */
  readonly source: SourceRun | null;
}

/**
 * Makes the partner's part of the directory equal to the staged records, and records every change of a field. It writes
 * only the rows that have to change. No one else writes these rows meanwhile: the caller holds the lock on the partner's
 * one running run.
 */
export async function mergeProviders(
  { runner }: Transaction,
  { runId, partner, feed, few, rejectedKeys, source }: Merge,
): Promise<MergeCounts> {
  const values = [partner, runId, rejectedKeys, source?.startedAt, source?.finishedAt];
  const [counts]: [MergeCounts] = await (few === null
    ? runner.query(MERGE[feed], values)
    : runner.query(MERGE_FEW[feed], [...values, few]));
  return counts;
}

/**
 * Is called before the first `sample` after a `snapshot`. Everyone who was still in the list was last seen by the
 * partner's last successful run. From now on, a successful run says nothing about the people that it does not bring.
 */
export async function recordLastSeen({ runner }: Transaction, partner: string): Promise<void> {
  await runner.query(
    `UPDATE providers SET last_seen_at = ${LAST_GOOD_RUN} WHERE partner = $1 AND last_seen_at IS NULL`,
    [partner],
  );
}

const LAST_GOOD_RUN = `(
  SELECT finished_at FROM sync_runs WHERE partner = $1 AND ${isGood()}
  ORDER BY finished_at DESC LIMIT 1)`;

const KNOWN = 'SELECT * FROM providers WHERE partner = $1';

interface FeedRules {
  /** Whether the rows that the answer lacks are read too: they are absent from a whole list. */
  readonly isWhole: boolean;
  /** The condition under which a row without a change is written nevertheless. */
  readonly touched: string;
  /** The new `last_seen_at` of a row that the partner sent. */
  readonly lastSeenAt: string;
  /** The same for a person who is marked as left. */
  readonly lastSeenOfDeparted: string;
  /** For a replay: whether a row is as a later answer left it. */
  readonly isLater: string;
}

/** When the partner sent the records. For a replay this is a moment of the run that received them. */
const SENT_AT = 'coalesce($5::timestamptz, now())';
/** Whether the run that is replayed has recorded that it saw the provider. */
const SEEN_BY_SOURCE = '(known.last_seen_at BETWEEN $4::timestamptz AND $5::timestamptz) IS TRUE';

const SEEN_LATER = '($4::timestamptz IS NOT NULL AND known.last_seen_at > $5::timestamptz)';

/** A row whose `last_seen_at` is null was in the list until the last good run. */
const LIST: Omit<FeedRules, 'isWhole'> = {
  touched: 'known.last_seen_at IS NOT NULL',
  lastSeenAt: 'NULL',
  lastSeenOfDeparted: `coalesce(last_seen_at, ${LAST_GOOD_RUN}, last_changed_at)`,
  isLater: `${SEEN_LATER} AND known.listed`,
};

const RULES: Record<Feed, FeedRules> = {
  sample: {
    isWhole: false,
    touched: `NOT ${SEEN_BY_SOURCE}`,
    lastSeenAt: SENT_AT,
    lastSeenOfDeparted: SENT_AT,
    isLater: SEEN_LATER,
  },
  snapshot: { isWhole: true, ...LIST },
  changes: { isWhole: false, ...LIST },
};

const MERGE: Record<Feed, string> = {
  sample: mergeStatement(RULES.sample),
  snapshot: mergeStatement(RULES.snapshot),
  changes: mergeStatement(RULES.changes),
};

/** The statements for a few records, in `$6`. */
const MERGE_FEW: Record<Feed, string> = {
  sample: prepared(mergeStatement(RULES.sample, '$6')),
  snapshot: prepared(mergeStatement(RULES.snapshot, '$6')),
  changes: prepared(mergeStatement(RULES.changes, '$6')),
};

/** @param few the parameter with the records if they are few; without it they are in the table `staged_providers` */
function mergeStatement(rules: FeedRules, few?: string): string {
  const { isWhole, touched, lastSeenAt, lastSeenOfDeparted, isLater } = rules;
  const staged = few === undefined ? '' : `${stagedProviders(few)},`;
  // OFFSET 0 makes Postgres look up each of a few records.
  const lookUp = `LEFT JOIN LATERAL (${KNOWN} AND identity_key = staged.identity_key OFFSET 0)`;
  const joinKnown = isWhole ? `FULL JOIN (${KNOWN})` : few === undefined ? `LEFT JOIN (${KNOWN})` : lookUp;
  return `
    WITH ${staged} ${sparedPeople('$2::uuid', '$3')}, compared AS MATERIALIZED (
      SELECT * FROM (
        SELECT
          known.id, staged.*, known.listed AS old_listed,
          known.given_name AS old_given_name, known.family_name AS old_family_name,
          known.title AS old_title, known.clinic AS old_clinic, known.attributes AS old_attributes,
          CASE
            WHEN staged.departed AND known.listed AND NOT coalesce(${isLater}, false) THEN 'departed'
            WHEN staged.departed THEN 'marked'
            WHEN known.id IS NULL THEN 'new'
            WHEN ${isLater} THEN NULL
            WHEN staged.identity_key IS NULL AND NOT known.listed THEN NULL
            WHEN staged.identity_key IS NULL AND ${isSpared('known.identity_key')} THEN 'spared'
            WHEN staged.identity_key IS NULL THEN 'departed'
            WHEN ${isChanged('known.', 'staged.')} THEN 'changed'
            WHEN ${touched} THEN 'touched'
          END AS kind
        FROM staged_providers staged
        ${joinKnown} known USING (identity_key)
      ) pairs
      WHERE kind IS NOT NULL
    ), inserted AS (
      INSERT INTO providers (
        partner, identity_key, identity_version, given_name, family_name, title, clinic, attributes,
        first_run_id, first_seen_at, last_seen_at, last_changed_at)
      SELECT $1, identity_key, 2, given_name, family_name, title, clinic, attributes,
        $2::uuid, ${SENT_AT}, ${lastSeenAt}, now()
      FROM compared WHERE kind = 'new' ORDER BY identity_key
    ), updated AS (
      UPDATE providers
      SET given_name = compared.given_name,
        family_name = compared.family_name,
        title = compared.title,
        clinic = compared.clinic,
        attributes = compared.attributes,
        listed = true,
        last_seen_at = ${lastSeenAt},
        last_changed_at = CASE WHEN kind = 'changed' THEN now() ELSE last_changed_at END
      FROM compared
      WHERE providers.id = compared.id AND kind IN ('changed', 'touched')
    ), departed AS (
      UPDATE providers
      SET listed = false,
        last_seen_at = ${lastSeenOfDeparted},
        last_changed_at = now()
      FROM compared
      WHERE providers.id = compared.id AND kind = 'departed'
    ), spared_now AS (
      UPDATE providers
      SET last_seen_at = coalesce(${LAST_GOOD_RUN}, providers.last_changed_at)
      FROM compared
      WHERE providers.id = compared.id AND kind = 'spared' AND last_seen_at IS NULL
    ), changes AS (
      INSERT INTO provider_changes (provider_id, run_id, field, before, after, changed_at)
      SELECT id, $2::uuid, field, before, after, now()
      FROM compared CROSS JOIN LATERAL (${fieldRows('old_', '')}) fields (field, before, after)
      WHERE kind = 'changed' AND before IS DISTINCT FROM after
      UNION ALL
      SELECT id, $2::uuid, 'listed', to_jsonb(true), to_jsonb(false), now() FROM compared WHERE kind = 'departed'
    )
    SELECT
      count(*) FILTER (WHERE kind = 'new')::integer AS inserted,
      count(*) FILTER (WHERE kind = 'changed')::integer AS updated,
      count(*) FILTER (WHERE kind = 'departed')::integer AS departed,
      count(*) FILTER (WHERE departed)::integer AS marks,
      count(*) FILTER (WHERE kind = 'departed' AND departed)::integer AS marked,
      count(*) FILTER (WHERE kind = 'spared')::integer AS spared,
      count(*) FILTER (WHERE kind = 'changed' AND NOT old_listed)::integer AS returned
    FROM compared`;
}
