import { PEOPLE } from '../people';

/** An invented clinician. Each partner makes a record of it in its own form. */
export interface Clinician {
  /** From 0. */
  readonly index: number;
  /** Ten digits with a valid check digit. No two clinicians of a seed have the same. */
  readonly npi: string;
  /** One or two given names. */
  readonly given: readonly string[];
  /** No two clinicians of a seed have the same given names and family name. */
  readonly family: string;
  readonly title: string;
  readonly clinic: string;
  /** The last change at the partner, in milliseconds since 1970. */
  readonly updatedAt: number;
}

const GIVEN = distinct('name_given');
const FAMILY = distinct('name_family');
const CLINICS = distinct('clinic');
const TITLES = ['Dr.', 'PA', 'NP'];

/** The NPIs after which they repeat: nine digits, of which the first is 1 or 2. */
const NUMBERS = 200_000_000;
/** Has no factor in common with NUMBERS, so that steps of this size meet each NPI once. */
const STRIDE = 7_919_017;
const FIRST_UPDATE = Date.UTC(2025, 0, 1);
const MINUTE_MS = 60_000;

/** The clinician of this place. The same seed and place give the same clinician. */
export function clinicianAt(seed: number, index: number): Clinician {
  const drawn = mix(seed, index);
  return {
    index,
    npi: npiOf((seed * 104_729 + index * STRIDE) % NUMBERS),
    ...nameOf(seed + index),
    title: TITLES[drawn % TITLES.length] as string,
    clinic: CLINICS[(drawn >>> 8) % CLINICS.length] as string,
    updatedAt: FIRST_UPDATE + ((drawn >>> 4) % 400_000) * MINUTE_MS,
  };
}

/**
 * Names in an order in which neighbours differ. A number stands for one name: its lowest digit chooses the given name,
 * the next one the family name, the others a second family name and a second given name.
 */
function nameOf(number: number): Pick<Clinician, 'given' | 'family'> {
  const round = Math.floor(number / GIVEN.length);
  const pair = Math.floor(round / FAMILY.length);
  const third = Math.floor(pair / (FAMILY.length + 1));
  const given = GIVEN[number % GIVEN.length] as string;
  const family = FAMILY[(round + number * 7) % FAMILY.length] as string;
  const second = FAMILY[(pair % (FAMILY.length + 1)) - 1];
  return {
    given: third === 0 ? [given] : [given, GIVEN[third % GIVEN.length] as string],
    family: second === undefined ? family : `${family} ${second}`,
  };
}

/** Nine digits and their check digit: Luhn's, over the digits after the prefix 80840, which adds 24. */
function npiOf(number: number): string {
  const digits = String(100_000_000 + number);
  let sum = 24;
  for (let place = 0; place < digits.length; place += 1) {
    const digit = Number(digits[place]) * (place % 2 === 0 ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

/** 32 bits that differ for each seed and index: the finalizer of MurmurHash3 (Austin Appleby, public domain). */
function mix(seed: number, index: number): number {
  let bits = Math.imul(seed + 1, 0x9e3779b1) ^ index;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

function distinct(field: keyof (typeof PEOPLE)[number]): readonly string[] {
  return [...new Set(PEOPLE.map((person) => person[field]))];
}
