import { REJECTIONS } from '../../contract/sync';
import type { StoredRejectedRecord } from '../../store/read-rejected-records';
import { Time } from './time';

interface RejectedRecordsProps {
  readonly records: readonly StoredRejectedRecord[];
  readonly withRun: boolean;
}

/** Records that could not be used, with the reason and as they came. */
export function RejectedRecords({ records, withRun }: RejectedRecordsProps) {
  return (
    <div class="table-wrap">
      <table>
        <thead>
          <tr>
            {withRun && <th scope="col">When</th>}
            {withRun && (
              <th scope="col" class="wide">
                Partner
              </th>
            )}
            <th scope="col">Why</th>
            <th scope="col">As it came</th>
          </tr>
        </thead>
        <tbody>
          {records.map((record) => (
            <tr key={`${record.runId}-${record.position}`}>
              {withRun && (
                <td class="nowrap">
                  <a href={`/runs/${record.runId}`}>
                    <Time at={record.createdAt} />
                  </a>
                </td>
              )}
              {withRun && <td class="wide">{record.partner}</td>}
              <td>
                <strong>{record.reason}</strong>
                <br />
                <span class="muted">
                  Record {record.position + 1}
                  {record.field ? `: ${record.field} ` : ' '}
                  {REJECTIONS[record.reason]}
                </span>
              </td>
              <td>
                <pre>{record.raw}</pre>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
