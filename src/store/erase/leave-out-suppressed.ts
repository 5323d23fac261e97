import type { CheckedProvider } from '../../contract/answer';
import type { PayloadKeys } from '../../process/payload-keys';
import type { Transaction } from '../postgres/transaction';
import type { ReadyAnswer } from '../save/ready-answer';
import { readSuppression, type Suppression } from './suppression';

/** Identity keys that are read at a time. */
const BATCH = 10_000;

interface Answered {
  readonly runId: string;
  readonly partner: string;
  readonly payloadKeys?: PayloadKeys | undefined;
}

/** An answer without the erased people. */
interface WithoutSuppressed {
  readonly answer: ReadyAnswer;
  /** Records of erased people, usable or not. */
  readonly suppressed: number;
}

/**
 * Removes the erased people of the partner from the staged records and from the rejected records of the run. The run gets
 * the remark `PeopleSuppressed` with the number of their records.
 */
export async function leaveOutSuppressed(
  transaction: Transaction,
  { runId, partner, payloadKeys }: Answered,
  answer: ReadyAnswer,
): Promise<WithoutSuppressed> {
  const { runner } = transaction;
  const suppression = await readSuppression(runner, partner, payloadKeys);
  if (!suppression) return { answer, suppressed: 0 };
  const few = answer.few && withoutSuppressed(answer.few, suppression);
  const usable = few ? answer.distinct - few.length : await removeStaged(transaction, suppression);
  const rejectedRecords = answer.rejectedRecords.filter((record) => !suppression.has(record));
  const rejected =
    answer.rejectedRecords.length -
    rejectedRecords.length +
    (await removeRejected(transaction, suppression, runId));
  const suppressed = usable + rejected;
  if (suppressed === 0) return { answer, suppressed };
  return {
    suppressed,
    answer: {
      ...answer,
      few: few && JSON.stringify(few),
      distinct: answer.distinct - usable,
      rejected: answer.rejected - rejected,
      rejectedRecords,
      remarks: [...(answer.remarks ?? []), { type: 'PeopleSuppressed', field: null, count: suppressed }],
    },
  };
}

/** @param few the records as JSON */
function withoutSuppressed(few: string, suppression: Suppression): CheckedProvider[] {
  const providers: CheckedProvider[] = JSON.parse(few);
  return providers.filter(({ identityKey }) => !suppression.hasKey(identityKey));
}

async function removeStaged({ runner }: Transaction, suppression: Suppression): Promise<number> {
  await runner.query(
    'DECLARE staged_keys NO SCROLL CURSOR FOR SELECT identity_key FROM pg_temp.staged_providers',
  );
  const found: Buffer[] = [];
  for (;;) {
    const rows: { identity_key: Buffer }[] = await runner.query(`FETCH ${BATCH} FROM staged_keys`);
    for (const { identity_key: key } of rows) if (suppression.hasKey(key)) found.push(key);
    if (rows.length < BATCH) break;
  }
  await runner.query('CLOSE staged_keys');
  if (found.length === 0) return 0;
  await runner.query('DELETE FROM pg_temp.staged_providers WHERE identity_key = ANY ($1)', [found]);
  return found.length;
}

/** The rejected records of an answer with several pages are stored already. */
async function removeRejected(
  { runner }: Transaction,
  suppression: Suppression,
  runId: string,
): Promise<number> {
  const rows: {
    position: number;
    identityKey: Buffer | null;
    givenName: string | null;
    familyName: string | null;
  }[] = await runner.query(
    `SELECT position, identity_key AS "identityKey", given_name AS "givenName", family_name AS "familyName"
       FROM rejected_records WHERE run_id = $1`,
    [runId],
  );
  const found = rows.filter(({ identityKey, ...names }) =>
    suppression.has({ ...names, identityKey: identityKey?.toString('hex') ?? null }),
  );
  if (found.length === 0) return 0;
  await runner.query('DELETE FROM rejected_records WHERE run_id = $1 AND position = ANY ($2)', [
    runId,
    found.map(({ position }) => position),
  ]);
  return found.length;
}
