import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../../contract/answer';
import type { ProviderState } from './undo-changes';

/** One field of two providers, or of two versions of one. */
export interface ComparedField {
  /** Our name of the field; `attributes.<name>` for a field that partners.yaml does not name. */
  readonly field: string;
  /** Undefined if there is no such field; an unmapped field may be null. */
  readonly left: Json | undefined;
  readonly right: Json | undefined;
  readonly differs: boolean;
}

type Compared = Omit<ProviderState, 'listed'> & { readonly partner?: string; readonly listed: boolean };

/** All fields of two providers side by side, the unmapped ones last. */
export function compareProviders(left: Compared, right: Compared): ComparedField[] {
  const names = (['givenName', 'familyName', 'title', 'clinic', 'partner', 'listed'] as const).filter(
    (name) => left[name] !== undefined || right[name] !== undefined,
  );
  const fields = names.map((name) => toCompared(name, left[name], right[name]));
  const attributes = [...new Set([...Object.keys(left.attributes), ...Object.keys(right.attributes)])].map(
    (name) => toCompared(`attributes.${name}`, ownOf(left.attributes, name), ownOf(right.attributes, name)),
  );
  return [...fields, ...attributes];
}

/** The names of the fields that differ. */
export function differingFields(left: Compared, right: Compared): string[] {
  return compareProviders(left, right)
    .filter(({ differs }) => differs)
    .map(({ field }) => field);
}

function toCompared(field: string, left: Json | undefined, right: Json | undefined): ComparedField {
  return { field, left, right, differs: !isDeepStrictEqual(left, right) };
}

/** A field may be called `__proto__`. */
function ownOf(attributes: ProviderState['attributes'], name: string): Json | undefined {
  return Object.hasOwn(attributes, name) ? attributes[name] : undefined;
}
