import type { Json } from '../../contract/answer';
import { attributeOf, isUnmapped } from '../../contract/changes';
import type { Provider } from './provider-row';

/** The part of a provider that changes are recorded of. */
export type ProviderState = Pick<
  Provider,
  'givenName' | 'familyName' | 'title' | 'clinic' | 'attributes' | 'listed'
>;

/** A change of one field, as {@link undoChanges} needs it. */
export interface UndoableChange {
  /** Our name of the field; `attributes.<name>` for a field that partners.yaml does not name. */
  readonly field: string;
  readonly before: Json;
  /** There was no such attribute; a value of null is an attribute. */
  readonly wasAbsent: boolean;
}

/** The state before the changes, of which each field has at most one. */
export function undoChanges(state: ProviderState, changes: readonly UndoableChange[]): ProviderState {
  const attributes = new Map(Object.entries(state.attributes));
  for (const { field, before, wasAbsent } of changes.filter(({ field }) => isUnmapped(field))) {
    const name = attributeOf(field);
    if (wasAbsent) attributes.delete(name);
    else attributes.set(name, before);
  }
  const fields = changes.filter(({ field }) => !isUnmapped(field));
  return {
    ...state,
    ...(Object.fromEntries(fields.map(({ field, before }) => [field, before])) as Partial<ProviderState>),
    attributes: Object.fromEntries(attributes),
  };
}

/** The state of a provider, without what does not change. */
export function stateOf(provider: Provider): ProviderState {
  const { givenName, familyName, title, clinic, attributes, listed } = provider;
  return { givenName, familyName, title, clinic, attributes, listed };
}
