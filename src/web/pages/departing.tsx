import { explainDeparting } from '../../contract/approval';
import type { Provider } from '../../store/directory/provider-row';
import type { Page } from '../../store/lists/cursor';
import { awaitedApproval, type Run } from '../../store/runs/run-row';
import { Empty } from '../components/notice';
import { PageHead } from '../components/page-head';
import { Pager } from '../components/pager';
import { ProviderTable } from '../components/provider-table';

export interface DepartingProps {
  readonly url: string;
  readonly run: Run;
  readonly page: Page<Provider>;
}

/** All providers that a snapshot waiting for approval would mark as left. */
export function Departing({ url, run, page }: DepartingProps) {
  const request = awaitedApproval(run);
  return (
    <div class="stack">
      <PageHead
        title="Who would be marked as left"
        lead={
          <>
            {request ? `${explainDeparting(request)}. ` : 'This run is not waiting for an approval. '}
            <a id="to-run" href={`/runs/${run.id}`}>
              Back to the sync of {run.partner}
            </a>
          </>
        }
      />
      <section class="card" aria-label="Who would be marked as left">
        {page.items.length > 0 ? (
          <>
            <ProviderTable providers={page.items} />
            <Pager url={url} nextCursor={page.nextCursor} of="people" />
          </>
        ) : (
          <Empty title="No one would be marked as left" />
        )}
      </section>
    </div>
  );
}
