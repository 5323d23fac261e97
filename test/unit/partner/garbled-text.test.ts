import { hasHtmlEntity, isMojibake } from '../../../src/partner/answer/garbled-text';
import { PEOPLE } from '../../../src/simulator/people';

const garbledBy = (encoding: string, text: string) => new TextDecoder(encoding).decode(Buffer.from(text));
const latin1 = (text: string) => Buffer.from(text).toString('latin1');

const NAMES = [
  'José',
  'Zoë O’Hara',
  'François Noël',
  'Müller',
  'Groß',
  'Łukasz Żółkiewski',
  'Citt\u00e0 Alta',
  'Søren Åkjær',
  'Ștefan Brânzoiu',
  'Nguyễn Thị Hạnh',
  'Иван Петров',
  'Ελευθερία',
  '美咲 高遠原',
  'محمد علي',
];

/** Genuine, although most of them can be turned into bytes of Windows-1252. */
const GENUINE = [
  'Ann Lee',
  'José',
  'Ã',
  'Â',
  'JOÃO',
  'SÃO JOSÉ',
  'RENÉ’S PRACTICE',
  'Groß’ Praxis',
  '„CAFÉ“',
  'CAFÉ™',
  'NESTLÉ®',
  'SANTÉ\u00a0PLUS',
  'SANTÉ – CENTRE',
  'MÍŠEK',
  'KÖŠER',
  'TÓŽOVÁ',
  'ÚŽASNÝ',
  'KŘÍŽ',
  'AMANHÃ’S',
  'AMANHÃ – SEMPRE',
  'MÜLLER & SÖ…',
  'Ångström',
  'Đặng',
  '50 £ ½',
  '©®™',
  "D'Arcy-O’Toole",
  'Ðorðe',
  'ÞÓRÐUR',
];

describe('mojibake', () => {
  it.each(NAMES)('is detected in %s', (name) => {
    expect(isMojibake(name)).toBe(false);
    expect(isMojibake(garbledBy('windows-1252', name))).toBe(true);
    expect(isMojibake(latin1(name))).toBe(true);
  });

  it('is detected in a name that was garbled twice', () => {
    expect(isMojibake(garbledBy('windows-1252', garbledBy('windows-1252', 'José')))).toBe(true);
  });

  it.each(GENUINE)('is not detected in %s', (text) => {
    expect(isMojibake(text)).toBe(false);
  });

  it('is detected in no text of the simulated people, and in all of them after they are garbled', () => {
    const texts = PEOPLE.flatMap((person) => Object.values(person)).filter((text) => /[^\0-\x7f]/.test(text));
    expect(texts.filter(isMojibake)).toEqual([]);
    expect(texts.filter((text) => !isMojibake(garbledBy('windows-1252', text)))).toEqual([]);
  });
});

describe('an HTML entity', () => {
  it.each([
    'O&#39;Neil',
    'O&#x27;Neil',
    'Smith &amp; Sons',
    'Jos&eacute;',
    'M&uuml;ller',
    'D&rsquo;Arcy',
    '&AMP;',
  ])('is detected in %s', (text) => expect(hasHtmlEntity(text)).toBe(true));

  it.each(['Smith & Sons', 'AT&T;', 'R&D; Clinic', '&', '&;', '&#;', 'A&B', 'Q&A; more', 'M&M&co'])(
    'is not detected in %s',
    (text) => expect(hasHtmlEntity(text)).toBe(false),
  );
});
