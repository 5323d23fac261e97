import type { StalePartner } from '../../operations/freshness/read-stale-partners';
import { Notice } from './notice';
import { BothTimes } from './time';

/** Warns that shown providers may be outdated. Empty while their partners are fresh. */
export function StaleNotice({ partners }: { readonly partners: readonly StalePartner[] }) {
  if (partners.length === 0) return null;
  return (
    <Notice tone="warn">
      {partners.map(({ name, lastSucceededAt }) => (
        <p key={name}>
          The data of {name} is not fresh: its last successful sync ended <BothTimes at={lastSucceededAt} />.
          What the partner changed since is missing here.
        </p>
      ))}
    </Notice>
  );
}
