import { explainProblem } from '../../contract/rejected';
import type { StoredRejectedRecord } from '../../store/directory/read-rejected-records';
import { groupAddress } from '../addresses';
import { Dismiss, type RejectedTarget, Reopen } from './rejected-decision';
import { StateOfRecord } from './rejected-state';
import { Time } from './time';

interface RejectedRecordsProps {
  readonly records: readonly StoredRejectedRecord[];
  readonly withRun: boolean;
  readonly canOperate?: boolean;
  /** The group whose page this is. */
  readonly ofGroup?: string | undefined;
}

/** Rejected records: the person and the fault, the state, and the record as the partner sent it. */
export function RejectedRecords({ records, withRun, canOperate = false, ofGroup }: RejectedRecordsProps) {
  return (
    <ul class="records">
      {records.map((record) => (
        <li key={`${record.runId}-${record.record}`} class="stack-small">
          <div class="record-head">
            {ofGroup ? (
              <strong>{nameOf(record)}</strong>
            ) : (
              <a href={groupAddress(record.groupId)}>{explainProblem(record)}</a>
            )}
            <span class="muted">
              {!ofGroup && nameOf(record)}
              {withRun && (
                <>
                  {!ofGroup && ', '}
                  {record.partner},{' '}
                  <a href={`/runs/${record.runId}`}>
                    <Time at={record.createdAt} />
                  </a>
                </>
              )}
            </span>
          </div>
          <StateOfRecord record={record} />
          {record.raw === null ? (
            <p class="muted">The record as it was sent was removed because of its age.</p>
          ) : (
            <pre>{record.raw}</pre>
          )}
          {canOperate && <Decide record={record} ofGroup={ofGroup} />}
        </li>
      ))}
    </ul>
  );
}

function Decide({
  record,
  ofGroup,
}: { readonly record: StoredRejectedRecord } & Pick<RejectedTarget, 'ofGroup'>) {
  const target = { runId: record.runId, record: record.record, ofGroup };
  const what = nameOf(record).toLowerCase();
  if (record.state === 'dismissed') return <Reopen target={target} label={`Reopen ${what}`} />;
  if (record.state !== 'open') return null;
  return (
    <details id={`decide-${record.runId}-${record.record}`}>
      <summary>Dismiss only {what}</summary>
      <Dismiss target={target} label={`Dismiss ${what}`} />
    </details>
  );
}

function nameOf({ record }: StoredRejectedRecord): string {
  return `Record ${record.toLocaleString('en')}`;
}
