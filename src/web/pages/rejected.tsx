import { REJECTIONS } from '../../contract/answer';
import type { StoredRejectedRecord } from '../../store/directory/read-rejected-records';
import type { Page } from '../../store/lists/cursor';
import type { RejectedRecordFilter } from '../../store/lists/filters';
import { isFiltered, OtherFilters } from '../components/filters';
import { Empty } from '../components/notice';
import { PageHead } from '../components/page-head';
import { csvOf, Pager } from '../components/pager';
import { RejectedRecords } from '../components/rejected-records';
import { Select } from '../components/select';

export interface RejectedProps {
  readonly url: string;
  readonly query: RejectedRecordFilter;
  readonly page: Page<StoredRejectedRecord>;
  readonly partners: readonly string[];
}

/** What partners sent that could not be used; nothing of it is lost. */
export function Rejected({ url, query, page, partners }: RejectedProps) {
  return (
    <div class="stack">
      <PageHead
        title="Rejected records"
        lead="What partners sent that could not be used, kept as it came. The other records of the same answer are in the directory, unless that sync failed."
      />
      <form
        class="filters"
        method="get"
        action="/rejected-records"
        hx-get="/rejected-records"
        hx-target="#rejected"
        hx-select="#rejected"
        hx-swap="outerHTML"
        hx-push-url="true"
        hx-trigger="change, submit"
      >
        <Select
          name="reason"
          label="Reason"
          value={query.reason}
          options={Object.entries(REJECTIONS).map(([name, meaning]) => [name, `${name}: ${meaning}`])}
        />
        {partners.length > 1 && (
          <Select
            name="partner"
            label="Partner"
            value={query.partner}
            options={partners.map((name) => [name, name])}
          />
        )}
        <OtherFilters all="/rejected-records" filters={{ runId: [query.runId, 'those of one run'] }} />
        <noscript>
          <button type="submit">Filter</button>
        </noscript>
      </form>
      <section id="rejected" class="card" aria-label="Rejected records">
        {page.items.length > 0 ? (
          <>
            <RejectedRecords records={page.items} withRun />
            <Pager
              url={url}
              nextCursor={page.nextCursor}
              of="rejected records"
              exportUrl={csvOf('/api/v1/rejected-records', query)}
            />
          </>
        ) : (
          <NoneRejected isNarrowed={isFiltered(query)} />
        )}
      </section>
    </div>
  );
}

function NoneRejected({ isNarrowed }: { readonly isNarrowed: boolean }) {
  return isNarrowed ? (
    <Empty title="No rejected record is like that">
      <p>
        <a href="/rejected-records">Show all of them</a>
      </p>
    </Empty>
  ) : (
    <Empty title="Nothing was rejected">
      <p>Every record that came could be used.</p>
    </Empty>
  );
}
