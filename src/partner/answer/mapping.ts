import type { Field, Partner } from '../config/partner';
import { compileValue, type Value } from '../language/value';

/** A text of `fields` or `identity`, compiled. */
export interface Source {
  /** As in partners.yaml. */
  readonly text: string;
  readonly value: Value;
}

/** Where the parts of a provider stand in a record, compiled from the partner's entry in partners.yaml. */
export interface Mapping {
  readonly fields: readonly (Source & { readonly field: Field; readonly isOptional: boolean })[];
  readonly identity: readonly Source[];
  /** What says that the person left; null if nothing in a record does. */
  readonly departed: Source | null;
  /** The keys of a record that the entry names, or of which it names a part. */
  readonly keys: ReadonlySet<string>;
}

export function compileMapping(partner: Partner): Mapping {
  const toSource = (text: string): Source => ({ text, value: compileValue(text) });
  const identity = partner.identity.map(toSource);
  const fields = (Object.entries(partner.fields) as [Field, string | undefined][])
    .filter((entry): entry is [Field, string] => entry[1] !== undefined)
    .map(([field, text]) => ({
      ...toSource(text),
      field,
      isOptional: partner.optional.some((name) => name === field),
    }));
  const departed = partner.departed === undefined ? null : toSource(partner.departed);
  const read = [...fields, ...identity, ...(departed ? [departed] : [])];
  const keys = new Set([...read.flatMap(rootKeysOf), ...partner.ignore.flatMap(keysOf)]);
  return { fields, identity, departed, keys };
}

function rootKeysOf({ text, value }: Source): string[] {
  return value.kind === 'expression' ? [...value.reads.keys()] : keysOf(text);
}

/** The keys of the record at which a path can begin. */
function keysOf(path: string): string[] {
  return [path, path.split('.', 1)[0] as string];
}
