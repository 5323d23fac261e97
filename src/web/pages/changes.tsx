import type { ChangeCounts } from '../../contract/changes';
import type { DirectoryChange } from '../../store/directory/read-changes';
import type { Facets } from '../../store/directory/read-facets';
import type { Page } from '../../store/lists/cursor';
import type { Run } from '../../store/runs/run-row';
import type { PeriodInForce } from '../changes-period';
import { addressOf, type ChangesQuery, filterOf } from '../changes-query';
import { ChangeFilters } from '../components/change-filters';
import { ChangeNarrowing } from '../components/change-narrowing';
import { ChangeTable } from '../components/change-table';
import { ListPage } from '../components/list-page';
import { Empty } from '../components/notice';
import { PageHead } from '../components/page-head';
import { ExactTime } from '../components/time';

export interface ChangesProps {
  readonly url: string;
  readonly query: ChangesQuery;
  readonly period: PeriodInForce;
  readonly page: Page<DirectoryChange>;
  readonly counts: ChangeCounts;
  readonly facets: Facets;
  readonly partners: readonly string[];
  /** The run to which the list is narrowed. */
  readonly run: Run | null;
  /** Whether this browser has an earlier visit. */
  readonly hasVisited: boolean;
}

/** Who changed, who is new, who left, since when: the changes of the whole directory. */
export function Changes(props: ChangesProps) {
  const { url, query, period, page, facets, partners } = props;
  const filter = filterOf(query, period);
  return (
    <div class="stack">
      <PageHead
        title="Changes"
        lead={
          <span id="period">
            <Lead {...props} />
          </span>
        }
      />
      <ChangeFilters query={query} facets={facets} partners={partners} />
      <div id="changes" class="stack">
        <ChangeNarrowing {...props} />
        <section class="card" aria-label="Changes">
          <ListPage
            url={url}
            query={filter}
            page={page}
            of="changes"
            download={{ path: '/api/v1/changes', query: filter }}
            empty={<NoChanges query={query} />}
          >
            {(items) => <ChangeTable changes={items} isUnfolded={query.field === 'other'} />}
          </ListPage>
        </section>
      </div>
    </div>
  );
}

/** The time that the list shows, and the way back to the run. */
function Lead({ period: { since, until }, query, run, hasVisited }: ChangesProps) {
  return (
    <>
      {query.period === 'visit' && !hasVisited && 'This browser has no earlier visit. '}
      {since === undefined ? (
        query.run === undefined && until === undefined && 'All time'
      ) : (
        <>
          Since <ExactTime at={since} />
        </>
      )}
      {until !== undefined && (
        <>
          {' '}
          until <ExactTime at={until} />
        </>
      )}
      {query.run !== undefined && (
        <>
          {' '}
          <a id="to-run" href={`/runs/${query.run}`}>
            Back to the {run ? `sync of ${run.partner}` : 'run'}
          </a>
        </>
      )}
    </>
  );
}

function NoChanges({ query }: { readonly query: ChangesQuery }) {
  const allTime = addressOf({ ...query, since: undefined, until: undefined, period: 'all' });
  return (
    <Empty title="No changes match these filters">
      <p>
        {query.field === undefined && query.kind === undefined && (
          <>
            Changes only in other fields of the partner are not listed.{' '}
            <a href={addressOf({ ...query, field: 'other' })}>Show them</a>
            {' · '}
          </>
        )}
        <a href={allTime}>Show all time</a> · <a href="/changes">Clear filters</a>
      </p>
    </Empty>
  );
}
