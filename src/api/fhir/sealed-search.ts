import { z } from 'zod';
import { CursorError } from '../../store/lists/cursor';
import type { CursorSeal } from '../http/cursor-seal';
import { CURSOR, type Pair } from './read-search';

/** The sealed content of `_cursor`: where the page begins and, for a search by form, its parameters. */
const placeSchema = z.strictObject({
  cursor: z.string().optional(),
  form: z.array(z.tuple([z.string(), z.string()])).optional(),
});
type Place = z.output<typeof placeSchema>;

/** The parameters of a request, with the content of its `_cursor` in place of the `_cursor`. */
export interface SentSearch {
  readonly pairs: readonly Pair[];
  /** Whether some of them came in a form. Then no address may contain them. */
  readonly isForm: boolean;
}

/** @throws CursorError if a `_cursor` is not one of ours */
export function openSearch(seal: CursorSeal, query: readonly Pair[], form: readonly Pair[]): SentSearch {
  let isForm = form.length > 0;
  const pairs = [...query, ...form].flatMap((pair): Pair[] => {
    const [name, value] = pair;
    if (name !== CURSOR || value === '') return [pair];
    const place = readPlace(seal.open(value));
    isForm ||= place.form !== undefined;
    return [...(place.form ?? []), ...(place.cursor === undefined ? [] : [[CURSOR, place.cursor] as const])];
  });
  return { pairs, isForm };
}

/**
 * The address of a page of a search.
 *
 * @param url the address of the search, without parameters
 * @param used the parameters, without the cursor
 * @param cursor where the page begins; undefined for the first one
 */
export function linkTo(
  seal: CursorSeal,
  url: string,
  { used, isForm, cursor }: { used: readonly Pair[]; isForm: boolean; cursor: string | undefined },
): string {
  const place: Place = { ...(cursor !== undefined && { cursor }), ...(isForm && { form: used.map(copy) }) };
  const isNowhere = Object.keys(place).length === 0;
  const pairs = isNowhere ? [] : [[CURSOR, seal.seal(JSON.stringify(place))] as const];
  const query = new URLSearchParams([...(isForm ? [] : used), ...pairs].map(copy)).toString();
  return query ? `${url}?${query}` : url;
}

function copy([name, value]: Pair): [string, string] {
  return [name, value];
}

function readPlace(text: string): Place {
  try {
    return placeSchema.parse(JSON.parse(text));
  } catch {
    throw new CursorError();
  }
}
