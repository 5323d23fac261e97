import type { Page } from '../../store/lists/cursor';
import { explainCallCounts, type RecordedCall } from '../../store/runs/read-calls';
import type { RunWithCalls } from '../../store/runs/read-runs';
import { Calls } from '../components/calls';
import { DownloadCalls } from '../components/download-calls';
import { Empty } from '../components/notice';
import { PageHead } from '../components/page-head';
import { Pager } from '../components/pager';

export interface AllCallsProps {
  readonly url: string;
  readonly run: RunWithCalls;
  readonly page: Page<RecordedCall>;
}

/** All calls of a run. */
export function AllCalls({ url, run, page }: AllCallsProps) {
  return (
    <div class="stack">
      <PageHead
        title="Calls to the partner"
        lead={
          <>
            {run.callCounts.total > 0 && `${explainCallCounts(run.callCounts)}. `}
            <a id="to-run" href={`/runs/${run.id}`}>
              Back to the sync of {run.partner}
            </a>
          </>
        }
      />
      <section class="card" aria-label="Calls to the partner">
        {page.items.length > 0 ? (
          <>
            <Calls calls={page.items} />
            <Pager url={url} nextCursor={page.nextCursor} of="calls">
              <DownloadCalls run={run} />
            </Pager>
          </>
        ) : (
          <Empty title="No call was made" />
        )}
      </section>
    </div>
  );
}
