import { compareProviders } from '../../store/directory/compare-providers';
import type { Provider } from '../../store/directory/provider-row';
import { SideBySide } from './side-by-side';

interface PossibleDuplicatesProps {
  readonly provider: Provider;
  readonly others: readonly Provider[];
}

/** More people than these are folded. */
const SHOWN = 4;

/** The provider beside each other entry of the same name, with what differs. */
export function PossibleDuplicates({ provider, others }: PossibleDuplicatesProps) {
  const rest = others.slice(SHOWN);
  return (
    <section class="card" aria-labelledby="same">
      <h2 id="same">May be the same person</h2>
      {others.length === 0 ? (
        <p class="muted">No one else in the directory has this name.</p>
      ) : (
        <>
          <p class="muted">They have the same name. We never merge records automatically.</p>
          <Pairs provider={provider} others={others.slice(0, SHOWN)} />
          {rest.length > 0 && (
            <details class="folded">
              <summary>{rest.length} more with this name</summary>
              <Pairs provider={provider} others={rest} />
            </details>
          )}
        </>
      )}
    </section>
  );
}

function Pairs({ provider, others }: PossibleDuplicatesProps) {
  return (
    <div class="grid pairs">
      {others.map((other) => (
        <SideBySide
          key={other.id}
          onlyDifferences
          fields={compareProviders(provider, other)}
          caption={`This entry beside the one of ${other.partner}, ${other.clinic ?? 'without a clinic'}`}
          left="This entry"
          right={
            <a href={`/providers/${other.id}`}>
              {[other.title, other.givenName, other.familyName].filter(Boolean).join(' ')}
            </a>
          }
        />
      ))}
    </div>
  );
}
