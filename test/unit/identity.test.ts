import fc from 'fast-check';
import { identityKey, normalise } from '../../src/partner/identity';

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

  it('is stable under its own normalisation', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(normalise(normalise(text))).toBe(normalise(text));
      }),
    );
  });
});
