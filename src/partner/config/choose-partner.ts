import { NamedFailure } from '../../contract/named-failure';
import { DEFAULT_PARTNER } from '../../contract/names';
import type { Partner, Partners } from './partner';

/** The named partner is not in partners.yaml. */
export class UnknownPartnerError extends NamedFailure {
  override readonly name = 'UnknownPartnerError';

  constructor(partner: string, known: readonly string[]) {
    super('UnknownPartner', `"${partner.slice(0, 64)}" is none of: ${known.join(', ')}.`);
  }
}

/**
 * The partner of a run that was started in Temporal. Without a name, it is the only partner, or the earlier default if
 * there are several.
 *
 * @throws UnknownPartnerError
 * @throws NamedFailure `InvalidInput` if no partner is named and there are several
 */
export function choosePartner(partners: Partners, name: string | undefined): Partner {
  const known = [...partners.keys()];
  const chosen =
    name ?? onlyPartner(partners) ?? (partners.has(DEFAULT_PARTNER) ? DEFAULT_PARTNER : undefined);
  if (chosen === undefined) {
    throw new NamedFailure(
      'InvalidInput',
      `It names no partner, and there are several: ${known.join(', ')}.`,
    );
  }
  const partner = partners.get(chosen);
  if (!partner) throw new UnknownPartnerError(chosen, known);
  return partner;
}

/** The partner of a start without a name: the only one; undefined if there are several. */
export function onlyPartner(partners: Partners): string | undefined {
  const [only, ...others] = partners.keys();
  return others.length === 0 ? only : undefined;
}
