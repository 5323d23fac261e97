import type { Transaction } from '../postgres/transaction';
import { compareFields } from '../runs/compare-fields';
import { type StepTiming, setTiming, timingValue } from '../runs/step-timing';
import type { ReadyAnswer } from './ready-answer';

/** Keeps the counts and fields of an answer that must not be stored. The run continues until `closeRun` ends it. */
export async function keepRefused(
  { runner }: Transaction,
  { runId, timing }: { readonly runId: string; readonly timing?: StepTiming | undefined },
  answer: ReadyAnswer,
): Promise<void> {
  const { unknownFields, vanishedFields, remarks } = await compareFields(runner, runId, answer);
  await runner.query(
    `UPDATE sync_runs
     SET received = $2, duplicates = $3, rejected = $4, unknown_fields = $5, vanished_fields = $6, remarks = $7,
       ${setTiming('storing', '$8')}
     WHERE id = $1`,
    [
      runId,
      answer.received,
      answer.duplicates,
      answer.rejected,
      unknownFields,
      vanishedFields,
      JSON.stringify([...remarks, ...(answer.remarks ?? [])]),
      timingValue(timing),
    ],
  );
}
