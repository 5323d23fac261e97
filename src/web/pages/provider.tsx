import type { Provider } from '../../store/directory/provider-row';
import type { ProviderChange } from '../../store/directory/read-provider-history';
import type { Page } from '../../store/lists/cursor';
import { Changes } from '../components/changes';
import { Empty, Notice } from '../components/notice';
import { PageHead } from '../components/page-head';
import { Pager } from '../components/pager';
import { BothTimes, ExactTime } from '../components/time';

export interface ProviderProps {
  readonly url: string;
  readonly provider: Provider;
  readonly changes: Page<ProviderChange>;
  readonly others: readonly Provider[];
}

/** One provider: details, possible duplicates, and history. */
export function ProviderPage({ url, provider, changes, others }: ProviderProps) {
  const attributes = Object.entries(provider.attributes);
  return (
    <div class="stack">
      <PageHead
        title={[provider.title, provider.givenName, provider.familyName].filter(Boolean).join(' ')}
        lead={provider.clinic}
      />
      {!provider.listed && (
        <Notice tone="warn">
          <p>
            {provider.partner} no longer lists this provider. It was last listed on{' '}
            <BothTimes at={provider.lastSeenAt} />.
          </p>
        </Notice>
      )}
      <div class="split">
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
            {attributes.map(([name, value]) => (
              <>
                <dt>{name}</dt>
                <dd>{typeof value === 'string' ? value : <code>{JSON.stringify(value)}</code>}</dd>
              </>
            ))}
            <dt>Partner</dt>
            <dd>
              <a href={`/partners#${provider.partner}`}>{provider.partner}</a>
            </dd>
            <dt>First seen</dt>
            <dd>
              <ExactTime at={provider.firstSeenAt} />
            </dd>
            <dt>Last seen</dt>
            <dd>
              <BothTimes at={provider.lastSeenAt} />
            </dd>
            <dt>Last changed</dt>
            <dd>
              <BothTimes at={provider.lastChangedAt} />
            </dd>
            <dt>Id</dt>
            <dd>
              <code>{provider.id}</code>
            </dd>
          </dl>
        </section>
        <section class="card" aria-labelledby="same">
          <h2 id="same">May be the same person</h2>
          {others.length > 0 ? (
            <>
              <p class="muted">They have the same name. Records are never merged automatically.</p>
              <ul class="plain">
                {others.map((other) => (
                  <li key={other.id}>
                    <a href={`/providers/${other.id}`}>
                      {[other.title, other.givenName, other.familyName].filter(Boolean).join(' ')}
                    </a>
                    <span class="muted"> {[other.clinic, other.partner].filter(Boolean).join(', ')}</span>
                  </li>
                ))}
              </ul>
            </>
          ) : (
            <p class="muted">No one else in the directory has this name.</p>
          )}
        </section>
      </div>
      <section class="card" aria-labelledby="history">
        <h2 id="history">History</h2>
        {changes.items.length > 0 ? (
          <>
            <Changes changes={changes.items} without="provider" />
            <Pager url={url} nextCursor={changes.nextCursor} of="changes" />
          </>
        ) : (
          <Empty title="Nothing has changed">
            <p>
              Unchanged since it was first seen <BothTimes at={provider.firstSeenAt} />.
            </p>
          </Empty>
        )}
      </section>
    </div>
  );
}
