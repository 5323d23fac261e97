import { NAME_LETTERS, type NameLetter } from '../../store/lists/filters';
import { withParameters } from './pager';

interface LettersProps {
  /** The path and query of this page. */
  readonly url: string;
  /** The chosen letter. */
  readonly letter: NameLetter | undefined;
  /** The letters with which a name begins. */
  readonly known: ReadonlySet<NameLetter>;
}

/** Links to the family names that begin with each letter. */
export function Letters({ url, letter, known }: LettersProps) {
  const addressOf = (one: NameLetter | null) =>
    withParameters(url, { letter: one, cursor: null, from: null });
  return (
    <nav class="letters" aria-label="First letter of the family name">
      <a id="letter-all" href={addressOf(null)} {...(letter === undefined && { 'aria-current': 'true' })}>
        All
      </a>
      {NAME_LETTERS.map((one) =>
        known.has(one) || one === letter ? (
          <a
            key={one}
            id={`letter-${one}`}
            href={addressOf(one)}
            {...(one === '#' && { 'aria-label': 'Other characters' })}
            {...(one === letter && { 'aria-current': 'true' })}
          >
            {one}
          </a>
        ) : (
          <span key={one} aria-hidden="true">
            {one}
          </span>
        ),
      )}
    </nav>
  );
}
