import { FAILURES } from '../../contract/failures';
import { TRIGGERS } from '../../contract/names';
import { RUN_STATUSES } from '../../contract/run';
import type { Page } from '../../store/lists/cursor';
import type { RunFilter } from '../../store/lists/filters';
import type { Run } from '../../store/runs/run-row';
import { isFiltered, OtherFilters } from '../components/filters';
import { Live } from '../components/live';
import { Empty } from '../components/notice';
import { PageHead } from '../components/page-head';
import { csvOf, Pager } from '../components/pager';
import { RunTable } from '../components/run-table';
import { Select } from '../components/select';
import { SyncOneNow } from '../components/sync-now';

export interface RunsProps {
  readonly url: string;
  /** Of the runs, so that the page can be told of a newer one. */
  readonly version: string;
  readonly query: RunFilter;
  readonly page: Page<Run>;
  readonly partners: readonly string[];
  readonly canOperate: boolean;
}

/** All runs, the latest first; moves by itself while one goes on. */
export function Runs({ url, version, query, page, partners, canOperate }: RunsProps) {
  return (
    <div class="stack">
      <PageHead title="Runs" lead="Each sync of a partner, whoever started it, with what came of it.">
        {canOperate && <SyncOneNow partners={partners} />}
      </PageHead>
      <form
        class="filters"
        method="get"
        action="/runs"
        hx-get="/runs"
        hx-target="#runs"
        hx-select="#runs"
        hx-swap="outerHTML"
        hx-push-url="true"
        hx-trigger="change, submit"
      >
        <Select
          name="status"
          label="Status"
          value={query.status}
          options={RUN_STATUSES.map((name) => [name, name])}
        />
        {partners.length > 1 && (
          <Select
            name="partner"
            label="Partner"
            value={query.partner}
            options={partners.map((name) => [name, name])}
          />
        )}
        <Select
          name="trigger"
          label="Started by"
          value={query.trigger}
          options={TRIGGERS.map((name) => [name, name])}
        />
        <Select
          name="failureType"
          label="Reason"
          value={query.failureType}
          options={Object.keys(FAILURES).map((name) => [name, name])}
        />
        <OtherFilters
          all="/runs"
          filters={{
            startedAfter: [query.startedAfter, `those from ${query.startedAfter} on`],
            startedBefore: [query.startedBefore, `those before ${query.startedBefore}`],
          }}
        />
        <noscript>
          <button type="submit">Filter</button>
        </noscript>
      </form>
      <Live id="runs" url={url} events={`/events?version=${version}`} every={60}>
        <section class="card" aria-label="Runs">
          {page.items.length > 0 ? (
            <>
              <RunTable runs={page.items} />
              <Pager
                url={url}
                nextCursor={page.nextCursor}
                of="runs"
                exportUrl={csvOf('/api/v1/syncs', query)}
              />
            </>
          ) : (
            <NoRuns isNarrowed={isFiltered(query)} />
          )}
        </section>
      </Live>
    </div>
  );
}

function NoRuns({ isNarrowed }: { readonly isNarrowed: boolean }) {
  return isNarrowed ? (
    <Empty title="No run is like that">
      <p>
        <a href="/runs">Show all runs</a>
      </p>
    </Empty>
  ) : (
    <Empty title="No runs yet">
      <p>A schedule starts the first one, or whoever is allowed to does so here.</p>
    </Empty>
  );
}
