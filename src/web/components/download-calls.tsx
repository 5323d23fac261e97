import type { RunWithCalls } from '../../store/runs/read-runs';
import { Download } from './download';

/** The link to all calls of a run as CSV; nothing if it made none. */
export function DownloadCalls({ run }: { readonly run: RunWithCalls }) {
  const { total } = run.callCounts;
  if (total === 0) return null;
  return (
    <Download
      path={`/api/v1/syncs/${run.id}/calls`}
      query={{}}
      count={total}
      id="calls-export"
      of={total === 1 ? 'call' : 'calls'}
    />
  );
}
