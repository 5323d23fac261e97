import { normalise } from '../../partner/answer/identity';

interface Named {
  readonly givenName: string;
  readonly familyName: string;
}

/** Whether a text holds the given name or the family name of a person as whole words. */
export function namesPerson(text: string, { givenName, familyName }: Named): boolean {
  const said = wordsOf(text);
  return [givenName, familyName].map(wordsOf).some((name) => name.trim() !== '' && said.includes(name));
}

/** The words of a text with one space before and after each. */
function wordsOf(text: string): string {
  return ` ${normalise(text)
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .filter(Boolean)
    .join(' ')} `;
}

/** Why a reason is refused, and what to do about it. */
export const NAMES_PERSON =
  'The reason holds the name of the person, and the receipt must not. Write it without the name, for example with the number of a ticket.';
