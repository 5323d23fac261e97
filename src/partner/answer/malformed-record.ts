/** A row or line in the middle of a body that cannot be read. The others can. */
export class MalformedRecord {
  constructor(
    /** The text of the line, or the cells of the row. */
    readonly sent: string | readonly string[],
  ) {}
}
