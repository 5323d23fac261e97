import type { Partners } from '../../partner/config/partner';

/** Where a partner is reached, for `meta.source`; undefined for one that partners.yaml no longer names. */
export function sourceOf(partners: Partners, { partner }: { readonly partner: string }): string | undefined {
  return partners.get(partner)?.baseUrl;
}
