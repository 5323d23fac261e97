import { array, assert, constantFrom, property, string } from 'fast-check';
import { JoinedTexts } from '../../../src/store/directory/joined-texts';

const text = string({ unit: constantFrom('a', 'b', ' ', 'é', '\t'), maxLength: 6 });

it('finds a word in the same texts as a search of each of them', () => {
  assert(
    property(array(text, { maxLength: 8 }), text, (texts, word) => {
      const each = texts.flatMap((one, place) => (one.includes(word) ? [place] : []));
      expect(new JoinedTexts(texts).placesOf(word)).toEqual(each);
    }),
  );
});
