import type { RejectedState } from '../../contract/rejected';
import type { StoredRejectedRecord } from '../../store/directory/read-rejected-records';
import { ExactTime } from './time';

export const REJECTED_STATE_NAMES: Record<RejectedState, string> = {
  open: 'Open',
  gone: 'Gone',
  dismissed: 'Dismissed',
  resolved: 'Resolved',
};

/** Why a record is not open; empty for an open one. */
export function StateOfRecord({ record }: { readonly record: StoredRejectedRecord }) {
  if (record.state === 'open') return null;
  return (
    <p>
      <strong>{REJECTED_STATE_NAMES[record.state]}.</strong> <Why record={record} />
    </p>
  );
}

function Why({ record }: { readonly record: StoredRejectedRecord }) {
  if (record.state === 'dismissed') {
    return (
      <>
        By {record.dismissedBy}
        {record.dismissedAt && (
          <>
            {' '}
            (<ExactTime at={record.dismissedAt} />)
          </>
        )}
        : {record.dismissedReason}
      </>
    );
  }
  return record.state === 'gone' ? (
    <a href={`/runs/${record.goneByRunId}`}>A later run brought the person.</a>
  ) : (
    <a href={`/runs/${record.resolvedByRunId}`}>A replay of the run used the record, or rejected it again.</a>
  );
}
