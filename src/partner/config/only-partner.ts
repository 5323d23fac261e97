import type { Partners } from './partner';

/** The partner that a start means which names none: the only one; undefined where there are several. */
export function onlyPartner(partners: Partners): string | undefined {
  const [only, ...others] = partners.keys();
  return others.length === 0 ? only : undefined;
}
