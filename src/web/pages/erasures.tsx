import type { Erasure } from '../../contract/erasure';
import type { ErasureFilter } from '../../store/erase/read-erasures';
import type { Page } from '../../store/lists/cursor';
import { partnerAddress } from '../addresses';
import { ListPage } from '../components/list-page';
import { Empty } from '../components/notice';
import { ERASURE_NOTICES, type ErasureNoticeName, OutcomeNotice } from '../components/outcome-notice';
import { PageHead } from '../components/page-head';
import { Table } from '../components/table';
import { ExactTime, Time } from '../components/time';

export interface ErasuresProps {
  readonly url: string;
  readonly page: Page<Erasure>;
  readonly filter: ErasureFilter;
  readonly notice: ErasureNoticeName | undefined;
}

/** The receipts of erased people. */
export function ErasuresPage({ url, page, filter, notice }: ErasuresProps) {
  return (
    <div class="stack">
      <PageHead
        title="Erased people"
        lead={
          filter.providerId === undefined ? (
            'The receipts. They hold no names.'
          ) : (
            <>
              The receipts of one person. <a href="/erasures">Show all</a>
            </>
          )
        }
      />
      <OutcomeNotice notices={ERASURE_NOTICES} name={notice} />
      <section class="card" aria-label="Receipts">
        <ListPage
          url={url}
          query={filter}
          page={page}
          of="receipts"
          empty={<Empty title={filter.providerId === undefined ? 'No one was erased' : 'No receipt yet'} />}
        >
          {(items) => <Receipts erasures={items} />}
        </ListPage>
      </section>
    </div>
  );
}

function Receipts({ erasures }: { readonly erasures: readonly Erasure[] }) {
  return (
    <Table columns={['Erased', 'By', 'Reason', 'Partner', 'May come back']}>
      <tbody>
        {erasures.map(({ id, erasedAt, erasedBy, reason, partner, liftedAt }) => (
          <tr key={id}>
            <td>
              <a id={`receipt-${id}`} href={`/erasures/${id}`}>
                <ExactTime at={erasedAt} />
              </a>
            </td>
            <td>{erasedBy ?? <span class="muted">unknown</span>}</td>
            <td>{reason ?? <span class="muted">none</span>}</td>
            <td>
              <a id={`partner-${id}`} href={partnerAddress(partner)}>
                {partner}
              </a>
            </td>
            <td class="nowrap">{liftedAt ? <Time at={liftedAt} alone /> : <span class="muted">no</span>}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
