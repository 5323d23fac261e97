import fc from 'fast-check';
import { identityKey, normalise } from '../../../src/partner/answer/identity';

describe('the identity of a provider', () => {
  it.each([
    ['case', 'SMITH', 'smith'],
    ['composition', 'Zoe\u0308', 'Zo\u00eb'],
    ['compatibility forms', '\uff33mith', 'Smith'],
    ['white space', '  de\u00a0 la\tCruz ', 'de la Cruz'],
    ['sharp s', 'STRASSE', 'Straße'],
    ['capital sharp s', 'STRAẞE', 'strasse'],
    ['the Greek sigmas', 'ΟΔΥΣΣΕΥΣ', 'οδυσσευς'],
    ['ligatures', 'ﬁnch', 'FINCH'],
    ['a zero width space', 'Jo\u200Bhn', 'John'],
    ['zero width joiners', 'Jo\u200C\u200Dhn', 'John'],
    ['a word joiner', 'Jo\u2060hn', 'John'],
    ['a soft hyphen', 'Jo\u00ADhn', 'John'],
    ['marks of direction', '\u200EJohn\u200F', 'John'],
    ['a byte order mark', '\uFEFFJohn', 'John'],
    ['variation selectors', 'John\uFE0F\u{E0100}', 'John'],
    ['an invisible character before an accent', 'Zoe\u200B\u0308', 'Zoë'],
  ])('does not depend on %s', (_what, one, other) => {
    expect(identityKey([one])).toBe(identityKey([other]));
  });

  it.each([
    ['accents', 'Zoë', 'Zoe'],
    ['apostrophes', "O'Neil", 'ONeil'],
    ['the Turkish dotless ı', 'Yıldız', 'Yildiz'],
    ['hyphens', 'Anne-Marie', 'Anne Marie'],
  ])('depends on %s', (_what, one, other) => {
    expect(identityKey([one])).not.toBe(identityKey([other]));
  });

  it('keeps the fields apart', () => {
    expect(identityKey(['a b', 'c'])).not.toBe(identityKey(['a', 'b c']));
    expect(identityKey(['a', ''])).not.toBe(identityKey(['', 'a']));
  });

  // The engine's own data of Unicode shows which characters NFKC_Casefold changes. In Cherokee it changes the small
  // letters; our identity changes the capitals.
  it('changes exactly the characters that NFKC_Casefold changes', () => {
    const differing: string[] = [];
    for (let code = 0; code <= 0x10ffff; code += 1) {
      const character = String.fromCodePoint(code);
      if (/\s|\p{Script=Cherokee}/u.test(character)) continue;
      const changes = normalise(`a.${character}`) !== `a.${character}`;
      if (changes !== /\p{Changes_When_NFKC_Casefolded}/u.test(character)) differing.push(code.toString(16));
    }
    expect(differing).toEqual([]);
  });

  it('is the same for plain ASCII as with an invisible character, which is read in another way', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => {
        expect(normalise(text)).toBe(normalise(`${text}\u00AD`));
      }),
    );
  });

  it('is stable under its own normalisation', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(normalise(normalise(text))).toBe(normalise(text));
      }),
    );
  });
});
