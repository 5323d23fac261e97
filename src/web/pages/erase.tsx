import { DECISION_LENGTHS } from '../../contract/approval';
import { fullName } from '../../contract/person-names';
import type { Provider } from '../../store/directory/provider-row';
import { NameField } from '../components/name-field';
import { ERASURE_NOTICES, type ErasureNoticeName, OutcomeNotice } from '../components/outcome-notice';
import { PageHead } from '../components/page-head';
import { WhatRemains } from '../components/what-remains';

export interface EraseProps {
  readonly provider: Provider;
  readonly notice: ErasureNoticeName | undefined;
}

/** What erasing a person removes and keeps, and the form that does it. */
export function ErasePage({ provider, notice }: EraseProps) {
  const { partner } = provider;
  return (
    <div class="stack">
      <PageHead
        title={`Erase ${fullName(provider)}`}
        lead={
          <>
            {provider.clinic}
            {provider.clinic && ', '}
            {partner}. <a href={`/providers/${provider.id}`}>Back to the person</a>
          </>
        }
      />
      <OutcomeNotice notices={ERASURE_NOTICES} name={notice} />
      <section class="card stack-small" aria-labelledby="removed">
        <h2 id="removed">What is removed</h2>
        <ul>
          <li>The entry in the directory, and the history of its changes.</li>
          <li>The rejected records about this person.</li>
          <li>What syncs that are running have fetched of this person.</li>
          <li>
            All kept answers of {partner}: each is encrypted as a whole. Earlier syncs of {partner} cannot be
            replayed any more.
          </li>
        </ul>
        <p>
          Later syncs leave this person out, although {partner} may still send the person. An operator can
          lift that. What is removed cannot be brought back.
        </p>
      </section>
      <WhatRemains />
      <EraseForm provider={provider} />
    </div>
  );
}

function EraseForm({ provider }: { readonly provider: Provider }) {
  const name = fullName(provider);
  return (
    <form method="post" action={`/providers/${provider.id}/erase`} class="card stack-small">
      <h2>Erase this person</h2>
      <div class="field">
        <label for="reason">Reason, without the name of the person</label>
        <input
          id="reason"
          type="text"
          name="reason"
          required
          maxLength={DECISION_LENGTHS.reason}
          autocomplete="off"
          aria-describedby="reason-hint"
        />
        <p id="reason-hint" class="muted">
          It is kept with the receipt. For example: Ticket 4711
        </p>
      </div>
      <NameField id="by" />
      <p>
        <label class="confirm">
          <input type="checkbox" name="confirm" value="yes" required /> Erase {name} with the whole history. I
          know that this cannot be undone.
        </label>
      </p>
      <div class="actions">
        <button type="submit" class="danger">
          Erase {name}
        </button>
        <a class="button" href={`/providers/${provider.id}`}>
          Keep the person
        </a>
      </div>
    </form>
  );
}
