import { REJECTIONS } from '../../contract/answer';
import type { StoredRejectedRecord } from '../../store/directory/read-rejected-records';
import type { Page } from '../../store/lists/cursor';
import type { RejectedRecordFilter } from '../../store/lists/filters';
import { FilterForm, isFiltered, PartnerSelect } from '../components/filter-form';
import { ListPage } from '../components/list-page';
import { Empty } from '../components/notice';
import { PageHead } from '../components/page-head';
import { csvOf } from '../components/pager';
import { RejectedRecords } from '../components/rejected-records';
import { Select } from '../components/select';

export interface RejectedProps {
  readonly url: string;
  readonly query: RejectedRecordFilter;
  readonly page: Page<StoredRejectedRecord>;
  readonly partners: readonly string[];
}

/** The rejected records of all runs, as the partners sent them. */
export function Rejected({ url, query, page, partners }: RejectedProps) {
  return (
    <div class="stack">
      <PageHead
        title="Rejected records"
        lead="Records that could not be used, kept as the partner sent them. The other records of the same answer are in the directory, unless that sync failed."
      />
      <FilterForm
        path="/rejected-records"
        list="rejected"
        others={{ runId: [query.runId, 'the records of one run'] }}
      >
        <Select
          name="reason"
          label="Reason"
          value={query.reason}
          options={Object.entries(REJECTIONS).map(([name, meaning]) => [name, `${name}: ${meaning}`])}
        />
        <PartnerSelect partners={partners} value={query.partner} />
      </FilterForm>
      <section id="rejected" class="card" aria-label="Rejected records">
        <ListPage
          url={url}
          page={page}
          of="rejected records"
          exportUrl={csvOf('/api/v1/rejected-records', query)}
          empty={<NoneRejected isNarrowed={isFiltered(query)} />}
        >
          {(items) => <RejectedRecords records={items} withRun />}
        </ListPage>
      </section>
    </div>
  );
}

function NoneRejected({ isNarrowed }: { readonly isNarrowed: boolean }) {
  return isNarrowed ? (
    <Empty title="No rejected records match these filters">
      <p>
        <a href="/rejected-records">Show all</a>
      </p>
    </Empty>
  ) : (
    <Empty title="Nothing was rejected">
      <p>Every record of every answer could be used.</p>
    </Empty>
  );
}
