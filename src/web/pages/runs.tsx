import type { Page } from '../../store/lists/cursor';
import type { RunFilter } from '../../store/lists/filters';
import type { RunCause } from '../../store/runs/read-causes';
import type { Run } from '../../store/runs/run-row';
import { addressWith, LAST_NIGHT } from '../addresses';
import { isFiltered } from '../components/filter-form';
import { ListPage } from '../components/list-page';
import { Live } from '../components/live';
import { Empty } from '../components/notice';
import { PageHead } from '../components/page-head';
import { RunCauses } from '../components/run-causes';
import { inWords, RunFilters, type RunsQuery } from '../components/run-filters';
import { RunTable } from '../components/run-table';
import { SyncOneNow } from '../components/sync-now';
import { PERIODS } from '../periods';

export interface RunsProps {
  readonly url: string;
  /** The version of the list, so that the page can receive newer ones. */
  readonly version: string;
  readonly query: RunsQuery;
  /** The same filter as the API has it. */
  readonly filter: RunFilter;
  readonly page: Page<Run>;
  /** Why the runs of the filter failed; empty if the filter is not about failures. */
  readonly causes: readonly RunCause[];
  readonly partners: readonly string[];
  readonly canOperate: boolean;
}

/** All runs, the latest first. The list updates itself. */
export function Runs({ url, version, query, filter, page, causes, partners, canOperate }: RunsProps) {
  return (
    <div class="stack">
      <PageHead title="Runs" lead={<Lead />}>
        {canOperate && <SyncOneNow partners={partners} />}
      </PageHead>
      <RunFilters query={query} partners={partners} />
      <Live id="runs" url={url} events={`/events?version=${version}`} every={60}>
        {causes.length > 0 && (
          <RunCauses
            causes={causes}
            when={query.started ? PERIODS[query.started].words : ''}
            runsOf={(cause) => runsOf(cause, query)}
          />
        )}
        <section class="card" aria-label="Runs">
          <ListPage
            url={url}
            query={inWords(query)}
            page={page}
            of="runs"
            download={{ path: '/api/v1/syncs', query: filter }}
            empty={<NoRuns isNarrowed={isFiltered(query)} />}
          >
            {(items) => <RunTable runs={items} />}
          </ListPage>
        </section>
      </Live>
    </div>
  );
}

function Lead() {
  return (
    <>
      Every sync of every partner, with its result.{' '}
      <a id="last-night" href={LAST_NIGHT}>
        What went wrong in the last 24 hours?
      </a>
    </>
  );
}

/** The address of the runs with this cause only. */
function runsOf({ failureType }: RunCause, query: RunsQuery): string {
  const status = failureType === 'Abandoned' ? 'abandoned' : 'failed';
  return addressWith('/runs', { ...query, status, failureType });
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
