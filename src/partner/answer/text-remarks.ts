import type { Remark } from '../../contract/remarks';
import { hasHtmlEntity, isMojibake } from './garbled-text';

const SIGNS = [
  ['HtmlEntities', hasHtmlEntity],
  ['Mojibake', isMojibake],
] as const;

/** Counts, by field, the records whose text looks garbled. */
export class TextRemarks {
  private readonly counts = new Map<string, number[]>();

  /** @param fields the partner's names of the text fields */
  constructor(fields: readonly string[]) {
    for (const field of fields) this.counts.set(field, [0, 0]);
  }

  add(record: { readonly [field: string]: unknown }): void {
    for (const [field, counts] of this.counts) {
      const text = record[field];
      if (typeof text !== 'string') continue;
      for (const [index, [, has]] of SIGNS.entries()) {
        if (has(text)) counts[index] = (counts[index] ?? 0) + 1;
      }
    }
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
