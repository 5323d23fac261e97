import { sortedName } from '../../contract/person-names';
import type { Provider } from '../../store/directory/provider-row';
import { Table } from './table';
import { Time } from './time';

interface ProviderTableProps {
  readonly providers: readonly Provider[];
  /** Whether to show when each provider was first seen, instead of last. */
  readonly showsFirstSeen?: boolean;
  /** Whether all of them came with one run, so that partner and times would be the same in each row. */
  readonly isOfOneRun?: boolean;
}

/** A table with one row for each provider. */
export function ProviderTable({ providers, showsFirstSeen = false, isOfOneRun = false }: ProviderTableProps) {
  const seen = showsFirstSeen ? 'First seen' : 'Last seen';
  return (
    <Table
      columns={[
        'Name',
        ['Title', 'wide'],
        'Clinic',
        ...(isOfOneRun ? [] : ['Partner', seen, 'Last changed'].map((name) => [name, 'wide'] as const)),
      ]}
    >
      <tbody>
        {providers.map((provider) => (
          <tr key={provider.id}>
            <td>
              <a id={`provider-${provider.id}`} href={`/providers/${provider.id}`}>
                {sortedName(provider)}
              </a>
              {!provider.listed && <span class="muted"> (left)</span>}
              <span class="narrow muted">{provider.title}</span>
            </td>
            <td class="wide">{provider.title}</td>
            <td>{provider.clinic}</td>
            {!isOfOneRun && <Source provider={provider} showsFirstSeen={showsFirstSeen} />}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

interface SourceProps {
  readonly provider: Provider;
  readonly showsFirstSeen: boolean;
}

/** Where a provider comes from, and since when. */
function Source({ provider, showsFirstSeen }: SourceProps) {
  return (
    <>
      <td class="wide partner">{provider.partner}</td>
      <td class="wide nowrap">
        <Time at={showsFirstSeen ? provider.firstSeenAt : provider.lastSeenAt} />
      </td>
      <td class="wide nowrap">
        <Time at={provider.lastChangedAt} />
      </td>
    </>
  );
}
