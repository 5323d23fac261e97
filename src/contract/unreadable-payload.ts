/** Replaces an input or a result that could not be read. */
export class UnreadablePayload {
  /** @param reason a part of a sentence, for example `it was not encrypted` */
  constructor(readonly reason: string) {}
}
