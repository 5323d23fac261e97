import { REJECTIONS } from '../../contract/answer';
import type { StoredRejectedRecord } from '../../store/directory/read-rejected-records';
import { Time } from './time';

interface RejectedRecordsProps {
  readonly records: readonly StoredRejectedRecord[];
  readonly withRun: boolean;
}

/** Rejected records: the reason, and the record as the partner sent it. */
export function RejectedRecords({ records, withRun }: RejectedRecordsProps) {
  return (
    <ul class="records">
      {records.map((record) => (
        <li key={`${record.runId}-${record.record}`}>
          <div class="record-head">
            <strong>{record.reason}</strong>
            {withRun && (
              <span class="muted">
                {record.partner},{' '}
                <a href={`/runs/${record.runId}`}>
                  <Time at={record.createdAt} />
                </a>
              </span>
            )}
          </div>
          <p class="muted">
            Record {record.record.toLocaleString('en')}
            {record.field === null ? ' ' : ': '}
            {record.field !== null && <code>{record.field}</code>} {REJECTIONS[record.reason]}.
          </p>
          <pre>{record.raw}</pre>
        </li>
      ))}
    </ul>
  );
}
