/** A partner was named that partners.yaml does not have. */
export class UnknownPartnerError extends Error {
  constructor(partner: string, known: readonly string[]) {
    super(`"${partner.slice(0, 64)}" is none of: ${known.join(', ')}.`);
  }
}
