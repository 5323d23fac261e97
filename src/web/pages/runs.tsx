import { FAILURES } from '../../contract/failures';
import { TRIGGERS } from '../../contract/names';
import { RUN_STATUSES } from '../../contract/sync';
import type { Page } from '../../store/cursor';
import type { Run } from '../../store/read-runs';
import { Live } from '../components/live';
import { Empty } from '../components/notice';
import { PageHead } from '../components/page-head';
import { Pager } from '../components/pager';
import { RunTable } from '../components/run-table';
import { Select } from '../components/select';
import { SyncNow } from '../components/sync-now';

export interface RunsQuery {
  readonly partner?: string | undefined;
  readonly status?: string | undefined;
  readonly trigger?: string | undefined;
  readonly failureType?: string | undefined;
}

export interface RunsProps {
  readonly url: string;
  /** Of the runs, so that the page can be told of a newer one. */
  readonly version: string;
  readonly query: RunsQuery;
  readonly page: Page<Run>;
  readonly partners: readonly string[];
  readonly running: ReadonlySet<string>;
  readonly canOperate: boolean;
}

/** All runs, the latest first; moves by itself while one goes on. */
export function Runs({ url, version, query, page, partners, running, canOperate }: RunsProps) {
  return (
    <div class="stack">
      <PageHead title="Runs" lead="Each sync of a partner, whoever started it, with what came of it.">
        {canOperate &&
          partners
            .slice(0, 3)
            .map((partner) => <SyncNow key={partner} partner={partner} isRunning={running.has(partner)} />)}
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
        <noscript>
          <button type="submit">Filter</button>
        </noscript>
      </form>
      <Live id="runs" url={url} event="runs" events={`/events?version=${version}`}>
        <section class="card" aria-label="Runs">
          {page.items.length > 0 ? (
            <>
              <RunTable runs={page.items} />
              <Pager
                url={url}
                nextCursor={page.nextCursor}
                of="runs"
                exportUrl={`/api/v1/syncs?${exportQuery(query)}`}
              />
            </>
          ) : (
            <Empty title={Object.values(query).some(Boolean) ? 'No run is like that' : 'No runs yet'}>
              <p>
                {Object.values(query).some(Boolean) ? (
                  <a href="/runs">Show all runs</a>
                ) : (
                  'The first one starts below “Sync now”.'
                )}
              </p>
            </Empty>
          )}
        </section>
      </Live>
    </div>
  );
}

function exportQuery(query: RunsQuery): string {
  const entries = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return new URLSearchParams([...entries, ['format', 'csv']]).toString();
}
