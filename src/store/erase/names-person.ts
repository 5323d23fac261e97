import { normalise } from '../../partner/answer/identity';
import type { Reader } from '../postgres/snapshot';

interface Named {
  readonly givenName: string;
  readonly familyName: string;
}

/** Each word with and without accents, as searches compare them. */
const folded = (words: string) => `
  SELECT form FROM unnest(${words}::text[]) word
  CROSS JOIN LATERAL (VALUES (fold_name(word)), (fold_name(spell_out(word)))) folded (form) WHERE form <> ''`;

/**
 * Whether a text holds a word of a person's name. Case, accents and apostrophes are ignored, and ü is also ue. A single
 * letter counts only if it is the whole given name or family name.
 */
export async function namesPerson(
  reader: Reader,
  text: string,
  { givenName, familyName }: Named,
): Promise<boolean> {
  const named = [givenName, familyName].flatMap((name) => {
    const words = wordsOf(name);
    return words.length > 1 ? words.filter((word) => [...word].length > 1) : words;
  });
  const [{ isNamed }]: [{ isNamed: boolean }] = await reader.query(
    `SELECT EXISTS (${folded('$1')} INTERSECT ${folded('$2')}) AS "isNamed"`,
    [wordsOf(text), named],
  );
  return isNamed;
}

const APOSTROPHES = /['’‘ʼ`´]/gu;

/** The words of a text, with apostrophes left out, and with apostrophes as their ends. */
function wordsOf(text: string): string[] {
  const normal = normalise(text);
  const both = `${normal.replace(APOSTROPHES, '')} ${normal.replace(APOSTROPHES, ' ')}`;
  return [...new Set(both.split(/[^\p{L}\p{N}\p{M}]+/u).filter(Boolean))];
}

/** Why a reason is refused, and what to do about it. */
export const NAMES_PERSON =
  'The reason holds the name of the person or a word of it, and the receipt must not. Write it without the name, for example with the number of a ticket.';
