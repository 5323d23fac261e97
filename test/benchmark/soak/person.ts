import { PEOPLE } from '../../../src/simulator/people';
import { type Random, sample } from '../../../src/simulator/random';

/** A record as the partner sends it. */
export interface Person {
  readonly name_given: string;
  readonly name_family: string;
  readonly title: string;
  readonly clinic: string;
}

/** Marks that every drawn name contains and no other text. */
export const DRAWN_MARKS = ['Quillbertine', "O'Vexworthy"] as const;
const SHORTEST_MARK = 8;

/** Texts that are in names only, so that names can be searched for. */
export const NAME_MARKS: readonly string[] = [
  ...DRAWN_MARKS,
  ...PEOPLE.map(({ name_family }) => name_family.normalize('NFC')).filter(
    ({ length }) => length >= SHORTEST_MARK,
  ),
];

const TITLES = ['Dr.', 'PA', 'NP'];

/** The fields that distinguish one person from another. */
export function identityOf({ name_given, name_family, clinic }: Omit<Person, 'title'>): string {
  return [name_given, name_family, clinic].join('|');
}

/** Ten people for one answer: most return with changing titles, and three appear only once. */
export function drawPeople(partner: string, answer: number, regulars: number, random: Random): Person[] {
  const known = sample(
    Array.from({ length: regulars }, (_, number) => `${partner}-${number}`),
    7,
    random,
  );
  const newcomers = [1, 2, 3].map((number) => `${partner}-new-${answer}-${number}`);
  return [...known, ...newcomers].map((name, place) => ({
    name_given: `${DRAWN_MARKS[0]} ${name}`,
    name_family: DRAWN_MARKS[1],
    title: TITLES[Math.floor(random() * TITLES.length)] ?? '',
    clinic: `Clinic ${name.length + (place < known.length ? 0 : place)}`,
  }));
}
