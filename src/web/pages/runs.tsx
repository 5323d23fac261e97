import { FAILURES } from '../../contract/failures';
import { TRIGGERS } from '../../contract/names';
import { RUN_STATUSES } from '../../contract/run';
import type { Page } from '../../store/lists/cursor';
import type { RunFilter } from '../../store/lists/filters';
import type { Run } from '../../store/runs/run-row';
import { FilterForm, isFiltered, PartnerSelect } from '../components/filter-form';
import { ListPage } from '../components/list-page';
import { Live } from '../components/live';
import { Empty } from '../components/notice';
import { PageHead } from '../components/page-head';
import { RunTable } from '../components/run-table';
import { Select } from '../components/select';
import { SyncOneNow } from '../components/sync-now';

export interface RunsProps {
  readonly url: string;
  /** The version of the list, so that the page can receive newer ones. */
  readonly version: string;
  readonly query: RunFilter;
  readonly page: Page<Run>;
  readonly partners: readonly string[];
  readonly canOperate: boolean;
}

/** All runs, the latest first. The list updates itself. */
export function Runs({ url, version, query, page, partners, canOperate }: RunsProps) {
  return (
    <div class="stack">
      <PageHead title="Runs" lead="Every sync of every partner, with its result.">
        {canOperate && <SyncOneNow partners={partners} />}
      </PageHead>
      <Filters query={query} partners={partners} />
      <Live id="runs" url={url} events={`/events?version=${version}`} every={60}>
        <section class="card" aria-label="Runs">
          <ListPage
            url={url}
            query={query}
            page={page}
            of="runs"
            download={{ path: '/api/v1/syncs', query }}
            empty={<NoRuns isNarrowed={isFiltered(query)} />}
          >
            {(items) => <RunTable runs={items} />}
          </ListPage>
        </section>
      </Live>
    </div>
  );
}

function Filters({ query, partners }: Pick<RunsProps, 'query' | 'partners'>) {
  return (
    <FilterForm
      path="/runs"
      list="runs"
      others={{
        startedAfter: [query.startedAfter, `those since ${query.startedAfter}`],
        startedBefore: [query.startedBefore, `those before ${query.startedBefore}`],
      }}
    >
      <Select name="status" label="Status" value={query.status} options={RUN_STATUSES.map(optionOf)} />
      <PartnerSelect partners={partners} value={query.partner} />
      <Select name="trigger" label="Trigger" value={query.trigger} options={TRIGGERS.map(optionOf)} />
      <Select
        name="failureType"
        label="Reason"
        value={query.failureType}
        options={Object.keys(FAILURES).map(optionOf)}
      />
    </FilterForm>
  );
}

function optionOf(name: string): readonly [string, string] {
  return [name, name];
}

function NoRuns({ isNarrowed }: { readonly isNarrowed: boolean }) {
  return isNarrowed ? (
    <Empty title="No runs match these filters">
      <p>
        <a href="/runs">Show all runs</a>
      </p>
    </Empty>
  ) : (
    <Empty title="No runs yet">
      <p>A schedule starts the first run, or an operator starts it here.</p>
    </Empty>
  );
}
