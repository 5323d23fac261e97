import type { Partners } from './partner';

/** The partner of a start without a name: the only one; undefined if there are several. */
export function onlyPartner(partners: Partners): string | undefined {
  const [only, ...others] = partners.keys();
  return others.length === 0 ? only : undefined;
}
