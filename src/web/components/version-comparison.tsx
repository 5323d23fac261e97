import { compareProviders } from '../../store/directory/compare-providers';
import type { ProviderVersion } from '../../store/directory/read-provider-versions';
import { SideBySide } from './side-by-side';
import { ExactTime } from './time';

interface VersionComparisonProps {
  readonly from: ProviderVersion;
  readonly to: ProviderVersion;
}

/** Two versions of a provider, field by field. */
export function VersionComparison({ from, to }: VersionComparisonProps) {
  const fields = compareProviders(from, to);
  return (
    <>
      {fields.every(({ differs }) => !differs) && <p>They do not differ.</p>}
      <SideBySide
        fields={fields}
        caption={`Version ${from.number} beside version ${to.number}`}
        left={<Heading version={from} />}
        right={<Heading version={to} />}
      />
    </>
  );
}

function Heading({ version: { number, beganAt } }: { readonly version: ProviderVersion }) {
  return (
    <>
      Version {number}
      <span class="age">
        since <ExactTime at={beganAt} />
      </span>
    </>
  );
}
