import { valueInWords } from '../../contract/changes';
import type { Provider } from '../../store/directory/provider-row';
import { partnerAddress } from '../addresses';
import { BothTimes, ExactTime } from './time';

/** With more unmapped fields, they are folded. */
const SHOWN_UNMAPPED = 8;

/** What is known of a provider. */
export function ProviderFacts({ provider }: { readonly provider: Provider }) {
  const attributes = Object.keys(provider.attributes);
  const isFolded = attributes.length > SHOWN_UNMAPPED;
  return (
    <section class="card" aria-labelledby="facts">
      <h2 id="facts">Details</h2>
      <dl class="facts">
        <dt>Given name</dt>
        <dd>{provider.givenName}</dd>
        <dt>Family name</dt>
        <dd>{provider.familyName}</dd>
        <dt>Title</dt>
        <dd>{provider.title ?? <span class="muted">none</span>}</dd>
        <dt>Clinic</dt>
        <dd>{provider.clinic ?? <span class="muted">none</span>}</dd>
        {!isFolded && <Attributes of={provider.attributes} />}
        <dt>Partner</dt>
        <dd>
          <a href={partnerAddress(provider.partner)}>{provider.partner}</a>
        </dd>
        <dt>First seen</dt>
        <dd>
          <ExactTime at={provider.firstSeenAt} />
        </dd>
        <dt>Last seen</dt>
        <dd>
          <BothTimes at={provider.lastSeenAt} />
          <div class="muted">the last answer of the partner with this person</div>
        </dd>
        <dt>Last changed</dt>
        <dd>
          <BothTimes at={provider.lastChangedAt} />
        </dd>
        <dt>Id in this directory</dt>
        <dd>
          <code>{provider.id}</code>
        </dd>
      </dl>
      {isFolded && (
        <details class="folded">
          <summary>{attributes.length} other fields</summary>
          <dl class="facts">
            <Attributes of={provider.attributes} />
          </dl>
        </details>
      )}
    </section>
  );
}

function Attributes({ of }: { readonly of: Provider['attributes'] }) {
  return (
    <>
      {Object.entries(of).map(([name, value]) => (
        <>
          <dt>{name}</dt>
          <dd>{valueInWords(value) || <span class="muted">none</span>}</dd>
        </>
      ))}
    </>
  );
}
