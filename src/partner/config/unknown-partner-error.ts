import { NamedFailure } from '../../contract/named-failure';

/** The named partner is not in partners.yaml. */
export class UnknownPartnerError extends NamedFailure {
  override readonly name = 'UnknownPartnerError';

  constructor(partner: string, known: readonly string[]) {
    super('UnknownPartner', `"${partner.slice(0, 64)}" is none of: ${known.join(', ')}.`);
  }
}
