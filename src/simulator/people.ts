/** A record as the partner sends it. */
export type Person = {
  readonly name_given: string;
  readonly name_family: string;
  readonly title: string;
  readonly clinic: string;
};

const CLINICS = {
  harbor: 'Harbor Light Family Medicine',
  cedar: 'Cedar & Main Pediatrics',
  stbride: "St. Bride's Women's Health",
  northgate: 'Northgate Urgent Care',
  mesa: 'Clínica Mesa Verde',
  aurora: 'Aurora Cardiology – East',
  sakura: '桜台クリニック',
  lindner: 'Praxis Dr. Lindner & Söhne',
  riverbend: 'Riverbend Orthopedics',
  hilltop: 'Hilltop Behavioral Health',
} as const;

/** Invented people: given name, family name, title, clinic. */
const ROWS: readonly (readonly [string, string, string, keyof typeof CLINICS])[] = [
  ['Maren', 'Ellingwood', 'Dr.', 'harbor'],
  ['Tobias', 'Quillfeather', 'PA', 'harbor'],
  ['Siobhán', "O'Hanrahan", 'Dr.', 'harbor'],
  ['Declan', 'O’Mulvaney', 'NP', 'harbor'],
  ['Jo', 'Li', 'NP', 'harbor'],
  ['Philippa', 'Brackenridge-Stowe', 'Dr.', 'harbor'],
  ['Ruaridh', 'MacAskival', 'PA', 'cedar'],
  ['Anneliese', 'Vöglmair', 'Dr.', 'cedar'],
  ['Kwabena', 'Asantewuo', 'Dr.', 'cedar'],
  ["Ka'imi", 'Kahanaʻole', 'NP', 'cedar'],
  ['Thandolwethu', 'Mkhabelane', 'Dr.', 'cedar'],
  ['Mary Beth', 'Van der Loo', 'PA', 'cedar'],
  ['Niamh', "D'Arcy-O'Toole", 'Dr.', 'stbride'],
  ['Zoë', 'Brontëworth', 'NP', 'stbride'],
  ['Chloé', 'Lefèvrement', 'Dr.', 'stbride'],
  ['Françoise', "L'Hôpitalier", 'Dr.', 'stbride'],
  ['Ingibjörg', 'Þórvaldardóttir', 'Dr.', 'stbride'],
  ['Renée', 'Dubois-Castagne', 'PA', 'stbride'],
  ['Marcus', 'Thistlewood', 'Dr.', 'northgate'],
  ['Alan', 'Pemberly', 'PA', 'northgate'],
  ['Dashiell', 'Okonkwa', 'NP', 'northgate'],
  ['Zbigniew', 'Wąsikiewicz', 'Dr.', 'northgate'],
  ['Łucja', 'Żółkiewna', 'PA', 'northgate'],
  ['Ștefan', 'Brânzoiu', 'Dr.', 'northgate'],
  ['José María', 'Núñez Ibarrola', 'Dr.', 'mesa'],
  ['Begoña', 'Etxeberritz', 'NP', 'mesa'],
  ['Conceição', 'Guimarãesa', 'Dr.', 'mesa'],
  ['Íñigo', 'Peñalarga', 'PA', 'mesa'],
  ['Xochitl', 'Tlapale', 'Dr.', 'mesa'],
  ['Alan', 'Pemberly', 'PA', 'mesa'],
  ['Александра', 'Верещагова', 'Dr.', 'aurora'],
  ['Дмитро', 'Ковальчушин', 'Dr.', 'aurora'],
  ['Ελευθερία', 'Παπαστεφανίδη', 'Dr.', 'aurora'],
  ['Νικόλαος', 'Θεοφανόπουλος', 'NP', 'aurora'],
  ['Գոհար', 'Մելքոնեան', 'PA', 'aurora'],
  ['ნინო', 'ბერიკაშვილი', 'Dr.', 'aurora'],
  ['美咲', '高遠原', 'Dr.', 'sakura'],
  ['健太郎', '五十嵐川', 'NP', 'sakura'],
  ['ハンナ', 'ミュラー', 'Dr.', 'sakura'],
  ['志明', '歐陽', 'Dr.', 'sakura'],
  ['서연', '남궁', 'PA', 'sakura'],
  // Characters outside the Basic Multilingual Plane: two UTF-16 units each.
  ['𠮷乃', '𩸽田', 'Dr.', 'sakura'],
  ['Jürgen', 'Großkreuzer', 'Dr.', 'lindner'],
  ['Käthe', 'Lindnersohn', 'Dr.', 'lindner'],
  ['Søren', 'Åkjærgaard', 'PA', 'lindner'],
  ['İpek', 'Çağlayanoğlu', 'Dr.', 'lindner'],
  ['Işıl', 'Öztürkmen', 'NP', 'lindner'],
  ['Bohuslava', 'Řeháčkovič', 'Dr.', 'lindner'],
  // Combining marks that are not composed.
  ['Ame\u0301lie', 'Fontaine\u0300', 'Dr.', 'riverbend'],
  ['Nguye\u0302\u0303n', 'Tru\u031bo\u031b\u0300ng', 'PA', 'riverbend'],
  ['Ọláwùnmí', 'Adé\u0323ṣọlá', 'Dr.', 'riverbend'],
  ['Ṣadé', 'Ọmọtọ́la', 'NP', 'riverbend'],
  ['Benedict', 'Ashgrove III', 'Dr.', 'riverbend'],
  ['Cordelia', 'St. Claremont', 'PA', 'riverbend'],
  ['ليلى', 'البغدادلي', 'Dr.', 'hilltop'],
  ['عبد الرحمن', 'القاضوي', 'NP', 'hilltop'],
  ['שירה', 'בן־עמירם', 'Dr.', 'hilltop'],
  ['प्रियंका', 'चतुर्वेदकर', 'Dr.', 'hilltop'],
  ['தமிழினி', 'செல்வராணன்', 'PA', 'hilltop'],
  ['สุดารัตน์', 'ทองประเสริฐกุล', 'Dr.', 'hilltop'],
  ['Hermione', 'Fitzwallace-Ng', 'NP', 'hilltop'],
];

/** The default people of the partner: about sixty in ten clinics, all different. */
export const PEOPLE: readonly Person[] = ROWS.map(([given, family, title, clinic]) => ({
  name_given: given,
  name_family: family,
  title,
  clinic: CLINICS[clinic],
}));
