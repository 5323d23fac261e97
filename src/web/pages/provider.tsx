import type { StalePartner } from '../../operations/freshness/read-stale-partners';
import type { Provider } from '../../store/directory/provider-row';
import type { ProviderVersion } from '../../store/directory/read-provider-versions';
import type { Page } from '../../store/lists/cursor';
import { AsOf, AsOfForm, type AsOfReading } from '../components/as-of';
import { Notice } from '../components/notice';
import { PageHead } from '../components/page-head';
import { PossibleDuplicates } from '../components/possible-duplicates';
import { ProviderFacts } from '../components/provider-facts';
import { StaleNotice } from '../components/stale-notice';
import { Time } from '../components/time';
import { VersionComparison } from '../components/version-comparison';
import { type ChosenVersions, Versions } from '../components/versions';

/** Two versions that were asked for; null is one that does not exist. */
export interface ComparisonReading {
  readonly from: ProviderVersion | null;
  readonly to: ProviderVersion | null;
}

export interface ProviderProps {
  readonly url: string;
  readonly provider: Provider;
  readonly versions: Page<ProviderVersion>;
  readonly others: readonly Provider[];
  /** The partner of the provider, if its data is not fresh. */
  readonly stale: readonly StalePartner[];
  readonly chosen: ChosenVersions;
  readonly comparison: ComparisonReading | null;
  readonly asOf: AsOfReading | null;
  readonly canOperate: boolean;
}

/** One provider: details, possible duplicates, and all that it was. */
export function ProviderPage(props: ProviderProps) {
  const { url, provider, versions, others, stale, chosen, comparison, asOf, canOperate } = props;
  const path = `/providers/${provider.id}`;
  return (
    <div class="stack">
      <PageHead
        title={[provider.title, provider.givenName, provider.familyName].filter(Boolean).join(' ')}
        lead={provider.clinic}
      />
      <StaleNotice partners={stale} />
      {!provider.listed && (
        <Notice tone="warn">
          <p>
            {provider.partner} no longer lists this provider. It was last listed{' '}
            <Time at={provider.lastSeenAt} alone />.
          </p>
        </Notice>
      )}
      <div class="split">
        <ProviderFacts provider={provider} />
        <div class="stack">
          {others.length === 0 && <PossibleDuplicates provider={provider} others={others} />}
          <AsOfForm path={path} firstSeenAt={provider.firstSeenAt} asOf={asOf?.asOf} />
        </div>
      </div>
      {others.length > 0 && <PossibleDuplicates provider={provider} others={others} />}
      {asOf && <AsOf reading={asOf} />}
      {comparison && <Comparison {...comparison} />}
      <Versions url={url} path={path} versions={versions} chosen={chosen} />
      {canOperate && (
        <p class="actions">
          <a class="button" id="erase" href={`${path}/erase`}>
            Erase this person …
          </a>
        </p>
      )}
    </div>
  );
}

function Comparison({ from, to }: ComparisonReading) {
  return (
    <section class="card" aria-labelledby="comparison">
      <h2 id="comparison">{from && to ? `Version ${from.number} and version ${to.number}` : 'Comparison'}</h2>
      {from && to ? (
        <VersionComparison from={from} to={to} />
      ) : (
        <p>One of these versions does not exist. Choose two of the versions below.</p>
      )}
    </section>
  );
}
