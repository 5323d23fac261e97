import type { Json } from '../../contract/answer';
import type { Remark } from '../../contract/remarks';
import { hasHtmlEntity, isMojibake } from './garbled-text';

const SIGNS = [
  ['HtmlEntities', hasHtmlEntity],
  ['Mojibake', isMojibake],
] as const;

/** Such a text has no sign. */
const PLAIN = /^[ -%'-~]*$/;

/** Counts, by field, the records whose text looks garbled. */
export class TextRemarks {
  private readonly counts: readonly (readonly [field: string, counts: number[]])[];

  /** @param fields the partner's names of the text fields */
  constructor(fields: readonly string[]) {
    this.counts = fields.map((field) => [field, [0, 0]]);
  }

  /** @param values the values of the fields in one record, in the order of the fields */
  add(values: readonly (Json | undefined)[]): void {
    values.forEach((text, position) => {
      if (typeof text !== 'string' || PLAIN.test(text)) return;
      const counts = this.counts[position]?.[1] ?? [];
      for (const [index, [, has]] of SIGNS.entries()) {
        if (has(text)) counts[index] = (counts[index] ?? 0) + 1;
      }
    });
  }

  get remarks(): Remark[] {
    return [...this.counts].flatMap(([field, counts]) =>
      SIGNS.flatMap(([type], index) => {
        const count = counts[index] ?? 0;
        return count > 0 ? [{ type, field, count }] : [];
      }),
    );
  }
}
