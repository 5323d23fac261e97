import { NamedFailure } from '../../contract/named-failure';
import { DEFAULT_PARTNER } from '../../contract/names';
import { onlyPartner } from './only-partner';
import type { Partner, Partners } from './partner';
import { UnknownPartnerError } from './unknown-partner-error';

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
