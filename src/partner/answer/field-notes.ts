import type { JsonObject } from './attributes';
import type { Mapping, Source } from './mapping';
import { isStorableText } from './storable';

const MAX_FIELD_NAMES = 100;
const MAX_FIELD_NAME = 255;

/** Compares the fields of an answer with those in partners.yaml, record by record. */
export class FieldNotes {
  private readonly sources: readonly Source[];
  private readonly known: ReadonlySet<string>;
  /** Those of the sources that had no value yet. */
  private missing: readonly Source[];
  private readonly unknown = new Set<string>();

  constructor({ fields, keys }: Mapping) {
    this.sources = fields;
    this.missing = fields;
    this.known = keys;
  }

  add(record: JsonObject): void {
    if (this.missing.length > 0) {
      this.missing = this.missing.filter(({ value }) => value.read(record) === undefined);
    }
    for (const name of Object.keys(record)) {
      if (!this.known.has(name) && this.unknown.size < MAX_FIELD_NAMES) this.unknown.add(name);
    }
  }

  /** Keys of records that partners.yaml does not name: at most 100, shortened. */
  get unknownFields(): string[] {
    return [...this.unknown]
      .map((name) => name.slice(0, MAX_FIELD_NAME).toWellFormed())
      .map((name) => (isStorableText(name) ? name : JSON.stringify(name)));
  }

  /** The texts of `fields`, in the order of partners.yaml. */
  get names(): string[] {
    return textsOf(this.sources);
  }

  /** The texts of `fields` for which at least one record has a value. */
  get sentFields(): string[] {
    return textsOf(this.sources.filter((source) => !this.missing.includes(source)));
  }

  /** The texts of `fields` for which no record has a value. */
  get vanishedFields(): string[] {
    return textsOf(this.missing);
  }
}

function textsOf(sources: readonly Source[]): string[] {
  return sources.map(({ text }) => text);
}
