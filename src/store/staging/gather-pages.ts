import type { CheckedAnswer, Feed } from '../../contract/answer';
import { NamedFailure } from '../../contract/named-failure';
import type { Remark } from '../../contract/remarks';
import {
  type AnswerCounts,
  explainUnusableCounts,
  type RejectedGroup,
  usableLimits,
} from '../../partner/answer/unusable-answer';
import type { Partner } from '../../partner/config/partner';
import type { Transaction } from '../postgres/transaction';
import type { ReadyAnswer } from '../save/ready-answer';
import { createStagedProviders } from '../save/stage-providers';
import { settleTwins } from './settle-twins';

/** An answer whose pages were staged. */
export interface PagedAnswer {
  /** The number of pages. */
  readonly pages: number;
  /** The number of records in all pages, usable or not. */
  readonly received: number;
  /** What partners.yaml says about the answer. */
  readonly partner: {
    /** The partner's names of our fields. */
    readonly fields: Partner['fields'];
    readonly providers: Pick<Partner['providers'], 'minimumCount' | 'maximumRejected'>;
  };
}

const MAX_FIELD_NAMES = 100;

interface Pages extends Pick<CheckedAnswer, 'received' | 'unknownFields'> {
  readonly pages: number;
  readonly lastPage: number;
  readonly rejected: number;
  readonly sentFields: readonly string[];
  readonly remarks: readonly Remark[];
}

/**
 * Collects the staged pages of a run into `staged_providers`, and settles twins of all pages. The rejected records are
 * kept with the run.
 *
 * @throws NamedFailure `StagedRecordsMissing` unless every page is there with all of its records
 */
export async function gatherPages(
  transaction: Transaction,
  { runId, feed, answer }: { readonly runId: string; readonly feed: Feed; readonly answer: PagedAnswer },
): Promise<ReadyAnswer> {
  const pages = await readPages(transaction, runId);
  if (pages.pages !== answer.pages || pages.lastPage !== answer.pages || pages.received !== answer.received) {
    throw missing(
      `${pages.pages} of ${answer.pages} pages with ${pages.received} of ${answer.received} records are there`,
    );
  }
  const usable = await fillStagedProviders(transaction, runId);
  const groups = pages.rejected > 0 ? await keepRejected(transaction, runId) : [];
  const rejectedThere = sumOf(groups);
  if (usable !== pages.received - pages.rejected || rejectedThere !== pages.rejected) {
    throw missing(`${usable + rejectedThere} of ${pages.received} records are there`);
  }
  const { duplicates, conflicting } = await settleTwins(transaction, {
    runId,
    usable,
    fields: answer.partner.fields,
  });
  if (conflicting > 0) groups.push({ field: null, reason: 'ConflictingDuplicate', count: conflicting });
  const counts: AnswerCounts = { received: pages.received, duplicates, rejected: groups };
  const knownFields = Object.values(answer.partner.fields).filter((name) => name !== undefined);
  return {
    received: pages.received,
    few: null,
    distinct: usable - conflicting - duplicates,
    duplicates,
    rejected: sumOf(groups),
    rejectedRecords: [],
    unusable: explainUnusableCounts(counts, usableLimits({ ...answer.partner, feed })),
    unknownFields: pages.unknownFields,
    sentFields: knownFields.filter((name) => pages.sentFields.includes(name)),
    vanishedFields: knownFields.filter((name) => !pages.sentFields.includes(name)),
    remarks: pages.remarks,
  };
}

async function readPages({ runner }: Transaction, runId: string): Promise<Pages> {
  const [pages]: [Pages] = await runner.query(
    `WITH pages AS (SELECT * FROM staged_pages WHERE run_id = $1)
     SELECT count(*)::integer AS pages, coalesce(max(page), 0) AS "lastPage",
       coalesce(sum(received), 0)::integer AS received, coalesce(sum(rejected), 0)::integer AS rejected,
       ARRAY(
         SELECT name FROM pages, unnest(unknown_fields) WITH ORDINALITY AS field (name, place)
         GROUP BY name ORDER BY min(page), min(place) LIMIT ${MAX_FIELD_NAMES}) AS "unknownFields",
       ARRAY(SELECT DISTINCT name FROM pages, unnest(sent_fields) AS field (name)) AS "sentFields",
       (SELECT coalesce(json_agg(remark), '[]') FROM (
          SELECT type, field, sum(count)::integer AS count
          FROM pages, ROWS FROM (jsonb_to_recordset(remarks) AS (type text, field text, count integer))
            WITH ORDINALITY AS remark (type, field, count, place)
          GROUP BY type, field ORDER BY min(page), min(place)) remark) AS remarks
     FROM pages`,
    [runId],
  );
  return pages;
}

/** @returns the number of records */
async function fillStagedProviders({ runner, client }: Transaction, runId: string): Promise<number> {
  await createStagedProviders(runner);
  const { rowCount } = await client.query(
    `INSERT INTO pg_temp.staged_providers (
       position, identity_key, given_name, family_name, title, clinic, attributes, departed)
     SELECT position, identity_key, given_name, family_name, title, clinic, attributes, departed
     FROM staged_records WHERE run_id = $1 AND reason IS NULL AND sealed IS NULL`,
    [runId],
  );
  return rowCount ?? 0;
}

/** A refused answer keeps its rejected records too. Then the same run may be saved again, and has them already. */
async function keepRejected({ runner }: Transaction, runId: string): Promise<RejectedGroup[]> {
  await runner.query(
    `INSERT INTO rejected_records (
       run_id, partner, position, reason, field, raw, identity_key, given_name, family_name)
     SELECT sync_runs.id, partner, position, reason, field, raw, identity_key, given_name, family_name
     FROM staged_records records JOIN sync_runs ON sync_runs.id = records.run_id
     WHERE records.run_id = $1 AND reason IS NOT NULL
     ON CONFLICT DO NOTHING`,
    [runId],
  );
  return runner.query(
    `SELECT field, reason, count(*)::integer AS count
     FROM staged_records WHERE run_id = $1 AND reason IS NOT NULL
     GROUP BY field, reason ORDER BY min(position)`,
    [runId],
  );
}

function sumOf(groups: readonly RejectedGroup[]): number {
  return groups.reduce((sum, { count }) => sum + count, 0);
}

function missing(what: string): NamedFailure {
  return new NamedFailure('StagedRecordsMissing', `Staged records of the run are missing: ${what}.`);
}
