import type { Provider } from '../../store/directory/provider-row';
import type { ProviderChange } from '../../store/directory/read-provider-history';
import type { StoredRejectedRecord } from '../../store/directory/read-rejected-records';
import type { Page } from '../../store/lists/cursor';
import type { Run } from '../../store/runs/run-row';
import { Changes } from './changes';
import { ProviderTable } from './provider-table';
import { RejectedRecords } from './rejected-records';

export interface RunResultsProps {
  readonly run: Run;
  readonly changes: Page<ProviderChange>;
  readonly newcomers: Page<Provider>;
  readonly rejected: Page<StoredRejectedRecord>;
}

/** The first changes, rejected records and new providers of a run. */
export function RunResults({ run, changes, newcomers, rejected }: RunResultsProps) {
  return (
    <>
      {changes.items.length > 0 && (
        <section class="card" aria-labelledby="changes">
          <h2 id="changes">What changed</h2>
          <Changes changes={changes.items} without="run" />
          <More page={changes} href={`/api/v1/syncs/${run.id}/changes`} />
        </section>
      )}
      {rejected.items.length > 0 && (
        <section class="card" aria-labelledby="rejected">
          <h2 id="rejected">Rejected</h2>
          <RejectedRecords records={rejected.items} withRun={false} />
          <More page={rejected} href={`/rejected-records?runId=${run.id}`} />
        </section>
      )}
      {newcomers.items.length > 0 && (
        <section class="card" aria-labelledby="new">
          <h2 id="new">New in the directory</h2>
          <ProviderTable providers={newcomers.items} />
          <More page={newcomers} href={`/api/v1/syncs/${run.id}/new-providers`} />
        </section>
      )}
    </>
  );
}

function More({ page, href }: { readonly page: Page<unknown>; readonly href: string }) {
  return page.nextCursor ? (
    <p>
      First {page.items.length} · <a href={href}>Show all</a>
    </p>
  ) : null;
}
