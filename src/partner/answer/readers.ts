import type { Mapping, Source } from './mapping';
import { readIdentity, readOptionalText, readText, type TextFault } from './read-text';

/** Reads and checks one text of `fields` or `identity` in a record. */
export interface Reader extends Source {
  readonly read: (value: unknown, maxLength: number) => string | null | TextFault;
}

/** One reader for each text. A text of the identity that is also one of the fields is read as the field. */
export function createReaders({ fields, identity }: Mapping): readonly Reader[] {
  const readers = new Map<string, Reader>();
  for (const source of identity) readers.set(source.text, { ...source, read: readIdentity });
  for (const source of fields) {
    readers.set(source.text, { ...source, read: source.isOptional ? readOptionalText : readText });
  }
  return [...readers.values()];
}
