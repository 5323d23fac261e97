import type { ProviderVersion } from '../../store/directory/read-provider-versions';
import { ExactTime } from './time';
import { VersionComparison } from './version-comparison';

/** The version of an earlier day or time. */
export interface AsOfReading {
  /** As the address has it. */
  readonly asOf: string;
  /** Null if the provider was not yet in the directory. */
  readonly version: ProviderVersion | null;
  readonly current: ProviderVersion;
}

interface AsOfFormProps {
  /** The path of the provider's page. */
  readonly path: string;
  readonly firstSeenAt: string;
  readonly asOf: string | undefined;
}

/** A form that asks for the provider as of a day. */
export function AsOfForm({ path, firstSeenAt, asOf }: AsOfFormProps) {
  return (
    <section class="card off-paper" aria-labelledby="earlier">
      <h2 id="earlier">As of an earlier day</h2>
      <form method="get" action={`${path}#as-of`} class="filters">
        <div class="field">
          <label for="as-of-day">At the end of this day (UTC)</label>
          <input
            id="as-of-day"
            type="date"
            name="asOf"
            value={asOf?.slice(0, 10)}
            min={firstSeenAt.slice(0, 10)}
            max={new Date().toISOString().slice(0, 10)}
            required
          />
        </div>
        <button type="submit">Show</button>
      </form>
    </section>
  );
}

/** The provider as of a day or time, beside what it is now. */
export function AsOf({ reading: { asOf, version, current } }: { readonly reading: AsOfReading }) {
  const when = asOf.includes('T') ? (
    <ExactTime at={new Date(asOf).toISOString()} />
  ) : (
    `the end of ${asOf} (UTC)`
  );
  return (
    <section class="card" aria-labelledby="as-of">
      <h2 id="as-of">As of {when}</h2>
      {version === null && <p>It was not yet in the directory.</p>}
      {version?.number === current.number && (
        <p>It was version {version.number}, as it is now. The details above show it.</p>
      )}
      {version !== null && version.number !== current.number && (
        <>
          <p>It was version {version.number}. This is what differs from the version now.</p>
          <VersionComparison from={version} to={current} />
        </>
      )}
    </section>
  );
}
