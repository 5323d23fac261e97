import type { Json } from '../../contract/answer';
import { PartnerFailure } from '../call/partner-failure';

const MAX_DEPTH = 3;
const MAX_LISTS = 10;

/** An answer without a list where partners.yaml expects it. */
export class NoListFailure extends PartnerFailure {
  /**
   * The places of lists in the answer; an empty text if the answer itself is a list. They are not in the message, because
   * a key of an answer can be the name of a person.
   */
  readonly lists: readonly string[];

  /** @param place as partners.yaml names it; undefined for the answer itself */
  constructor(place: string | undefined, root: Json) {
    super('IncompleteResponse', `there was no list at "${place ?? 'the top'}"`);
    this.lists = [...listsIn(root, [])].slice(0, MAX_LISTS);
  }
}

/** The places of the lists in a value at these keys; an empty text for the value itself. */
export function* listsIn(value: Json, keys: readonly string[]): Generator<string> {
  if (Array.isArray(value)) yield keys.join('.');
  else if (value !== null && typeof value === 'object' && keys.length < MAX_DEPTH) {
    for (const [key, item] of Object.entries(value)) yield* listsIn(item, [...keys, key]);
  }
}
