import { createCipheriv } from 'node:crypto';
import type { CheckedProvider } from '../../../src/contract/answer';

const STARTS =
  'An Bel Cor Dar El Fin Gar Hel Is Jo Kar Lu Mar Nor Os Pe Quin Ro Si Tor Ul Vi Wen Yo Zé'.split(' ');
const MIDDLES = 'a be di e fo ga i la mi na o ra re si to u vi wen yo ña'.split(' ');
const ENDS = 'bert da dor fred gard la lia lin mund na nia ric rin sa stan ta ven vin ward wyn'.split(' ');
const TITLES = ['Dr.', 'Dr.', 'Dr.', 'PA', 'NP'];
const KEY_BYTES = 32;

/** The parts of which the names are made. */
export const NAME_PARTS = { starts: STARTS, middles: MIDDLES, ends: ENDS, titles: TITLES } as const;

/** Words to search for in a directory of {@link ManyPeople}. */
export const WORDS = {
  /** In one name. */
  'a rare word': 'Quillfeather',
  /** In every twentieth name, which come first in the order of names, or last. */
  'a frequent word': 'Andersson',
  'a frequent word, late': 'Zymanski',
  /** In about every tenth name. */
  'two letters': 'wy',
} as const;

/** Searches that find people. */
export const SEARCHES = {
  ...WORDS,
  'one letter': 'y',
  'a clinic': 'Bela Clinic',
  'title, name and clinic': 'Dr. Zé ward Bela',
} as const;

/** Words that are in no name, but similar ones are. */
export const MISSPELT = {
  'a rare word, misspelt': 'Quilfeather',
  'a frequent word, misspelt': 'Anderson',
  'no similar word': 'Xqzzw',
} as const;

/** The new title of one in a hundred people in the next list. */
const OTHER_TITLE = 'MD';

/** A number of invented people, created one by one as they are read, and always the same. */
export class ManyPeople {
  private readonly keys: Buffer;

  constructor(readonly count: number) {
    const nothing = Buffer.alloc(KEY_BYTES / 2);
    this.keys = createCipheriv('aes-128-ctr', nothing, nothing).update(Buffer.alloc(count * KEY_BYTES));
  }

  /** @param list 0, or 1 for the next list, in which one in a hundred has another title */
  *list(list: 0 | 1): Generator<CheckedProvider> {
    for (let number = 0; number < this.count; number += 1) {
      const offset = number * KEY_BYTES;
      const draw = (from: readonly string[], byte: number) =>
        from[(this.keys[offset + byte] ?? 0) % from.length] ?? '';
      yield {
        identityKey: this.keys.toString('hex', offset, offset + KEY_BYTES),
        givenName: draw(STARTS, 0) + draw(ENDS, 1),
        familyName: this.familyName(number, draw(STARTS, 2) + draw(MIDDLES, 3) + draw(ENDS, 4)),
        title: list === 1 && number % 100 === 0 ? OTHER_TITLE : draw(TITLES, 5),
        clinic: `${draw(STARTS, 6)}${draw(MIDDLES, 7)} Clinic`,
        attributes: {},
      };
    }
  }

  private familyName(number: number, usual: string): string {
    if (number === this.count >> 1) return WORDS['a rare word'];
    if (number % 20 === 1) return WORDS['a frequent word'];
    return number % 20 === 11 ? WORDS['a frequent word, late'] : usual;
  }
}
