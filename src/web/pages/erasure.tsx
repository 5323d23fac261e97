import type { ErasedCounts, Erasure } from '../../contract/erasure';
import { partnerAddress } from '../addresses';
import { NameField } from '../components/name-field';
import { ERASURE_NOTICES, type ErasureNoticeName, OutcomeNotice } from '../components/outcome-notice';
import { PageHead } from '../components/page-head';
import { BothTimes } from '../components/time';
import { WhatRemains } from '../components/what-remains';

export interface ErasureProps {
  readonly erasure: Erasure;
  readonly canOperate: boolean;
  readonly notice: ErasureNoticeName | undefined;
}

const REMOVED: Readonly<Record<keyof ErasedCounts, string>> = {
  providers: 'Entries in the directory',
  changes: 'Changes',
  rejectedRecords: 'Rejected records',
  stagedRecords: 'Records of running syncs',
  keptAnswers: 'Syncs whose answer was removed',
};

/** The receipt of an erased person. */
export function ErasurePage({ erasure, canOperate, notice }: ErasureProps) {
  const { id, liftedAt } = erasure;
  return (
    <div class="stack">
      <PageHead
        title="Receipt of an erased person"
        lead={
          <>
            <code>{id}</code> · <a href="/erasures">All receipts</a>
          </>
        }
      />
      <OutcomeNotice notices={ERASURE_NOTICES} name={notice} />
      <Facts erasure={erasure} />
      {canOperate && liftedAt === null && <Unerase id={id} />}
      <WhatRemains />
    </div>
  );
}

function Facts({ erasure }: { readonly erasure: Erasure }) {
  const { providerId, partner, erasedAt, erasedBy, reason, removed, liftedAt, liftedBy } = erasure;
  return (
    <section class="card" aria-labelledby="facts">
      <h2 id="facts">Receipt</h2>
      <dl class="facts">
        <dt>Erased</dt>
        <dd>
          <BothTimes at={erasedAt} />
        </dd>
        <dt>By</dt>
        <dd>{erasedBy ?? <span class="muted">unknown</span>}</dd>
        <dt>Reason</dt>
        <dd>{reason ?? <span class="muted">none</span>}</dd>
        <dt>Partner</dt>
        <dd>
          <a href={partnerAddress(partner)}>{partner}</a>
        </dd>
        <dt>Id that the person had</dt>
        <dd>
          <code>{providerId}</code>
        </dd>
        {Object.entries(REMOVED).map(([what, label]) => (
          <>
            <dt>{label}</dt>
            <dd>{removed[what as keyof ErasedCounts].toLocaleString('en')}</dd>
          </>
        ))}
        <dt>May come back</dt>
        <dd>
          {liftedAt === null ? (
            'no: syncs leave the person out'
          ) : (
            <>
              since <BothTimes at={liftedAt} />, by {liftedBy ?? 'an operator whose name is not known'}
            </>
          )}
        </dd>
      </dl>
    </section>
  );
}

function Unerase({ id }: { readonly id: string }) {
  return (
    <form method="post" action={`/erasures/${id}/unerase`} class="card stack-small">
      <h2>Let the person come back</h2>
      <p>
        The next answer of the partner that has the person brings the person back, without the history that
        was removed.
      </p>
      <NameField id="by" />
      <div class="actions">
        <button type="submit">Let the person come back</button>
      </div>
    </form>
  );
}
