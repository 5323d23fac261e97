import { writeMessage } from '../../operations/rejected/write-message';
import type { RejectedGroup } from '../../store/directory/read-rejected-groups';
import type { Page } from '../../store/lists/cursor';
import { type RejectedRecordFilter, stateOf } from '../../store/lists/filters';
import { Download } from '../components/download';
import { isFiltered } from '../components/filter-form';
import { ListPage } from '../components/list-page';
import { Empty } from '../components/notice';
import { PageHead } from '../components/page-head';
import { PartnerMessage } from '../components/partner-message';
import { RejectedFilters } from '../components/rejected-filters';
import { RejectedGroups } from '../components/rejected-groups';

export interface RejectedProps {
  readonly url: string;
  readonly query: RejectedRecordFilter;
  readonly page: Page<RejectedGroup>;
  readonly partners: readonly string[];
}

/** The rejected records of all runs, grouped by person and fault. */
export function Rejected({ url, query, page, partners }: RejectedProps) {
  return (
    <div class="stack">
      <PageHead
        title="Rejected records"
        lead="Records that could not be used, by person and fault. The other records of the same answers are in the directory, unless their sync failed."
      >
        <Download id="records" path="/api/v1/rejected-records" query={query} count={null} of="records" />
      </PageHead>
      <RejectedFilters query={query} partners={partners} />
      <div id="rejected" class="stack">
        <section class="card" aria-label="Rejected records">
          <ListPage
            url={url}
            query={{ ...query, state: stateOf(query) }}
            page={page}
            of="rejected records"
            download={{ path: '/api/v1/rejected-records/groups', query }}
            empty={<NoneRejected query={query} />}
          >
            {(items) => <RejectedGroups groups={items} />}
          </ListPage>
        </section>
        <Message groups={page.items} />
      </div>
    </div>
  );
}

/** The message about the groups of this page, if they are of one partner. */
function Message({ groups }: { readonly groups: readonly RejectedGroup[] }) {
  const [partner, ...others] = new Set(groups.map((group) => group.partner));
  if (partner === undefined) return null;
  if (others.length > 0) return <p class="muted">To write a message to a partner, choose the partner.</p>;
  const problems = groups.map(({ problem, count, lastAt, record, raw }) => ({
    ...{ problem, count },
    examples: [{ at: lastAt, record, raw }],
  }));
  return <PartnerMessage partner={partner} text={writeMessage(problems)} />;
}

function NoneRejected({ query }: { readonly query: RejectedRecordFilter }) {
  return isFiltered(query) ? (
    <Empty title="No rejected records match these filters">
      <p>
        <a href="/rejected-records">Show all open ones</a>
      </p>
    </Empty>
  ) : (
    <Empty title="No rejected records are open">
      <p>
        Every record could be used, or its person came later, or it was dismissed.{' '}
        <a href="/rejected-records?state=all">Show all</a>
      </p>
    </Empty>
  );
}
