import { parse } from 'yaml';
import { clinicianAt } from '../../../src/simulator/family/clinicians';
import type { Random } from '../../../src/simulator/random';
import type { Simulator } from '../../../src/simulator/simulator';
import { exampleFileAt } from '../../support/example-partners';
import type { LanePartner } from './lane-partner';
import type { Person } from './person';

/** Longer than a large answer takes on a busy machine. */
const DEADLINE = '5s';
/** Shorter than the deadline, so that a large answer may take longer than a silence. */
const HANG_MS = 1_000;
const SEED = 1;

const FAULTS = {
  error500: 0.05,
  hang: 0.04,
  cut: 0.05,
  cutConnection: 0.04,
  empty: 0.02,
  reset: 0.03,
} as const;
const AUTH_FAULTS = { error500: 0.1, hang: 0.1, noToken: 0.05 } as const;

/** `least` and `more`: the number of records, which differs from run to run. */
const SHAPES = {
  // Five pages.
  acme: {
    ...{ least: 170, more: 30 },
    settings: {
      pageSize: 40,
      rates: { auth: AUTH_FAULTS, providers: { ...FAULTS, expireToken: 0.03, repeatLink: 0.02 } },
    },
  },
  // So large that they are staged while they arrive.
  export: {
    ...{ least: 6_000, more: 200 },
    // Half of a plain file can end after a whole line, and is then not recognised as cut.
    settings: { compression: 'file', rates: { providers: FAULTS } },
  },
  signed: { least: 6_000, more: 200, settings: { rates: { providers: FAULTS } } },
} as const;

/** A partner with a snapshot of many people. Some of them leave and return. */
export function familyPartner(
  name: string,
  member: keyof typeof SHAPES,
  simulator: Simulator,
  random: Random,
): LanePartner {
  const { least, more, settings } = SHAPES[member];
  const simulated = simulator.family[member];
  simulated.configure({ ...settings, seed: SEED, hangMs: HANG_MS });
  const everyone = Array.from({ length: least + more }, (_, index) => personAt(index));
  const entry = parse(exampleFileAt(simulator.url)).partners[member];
  return {
    name,
    feed: 'snapshot',
    entry: { ...entry, deadline: DEADLINE },
    get calls() {
      return simulated.calls;
    },
    tokenUrl: null,
    needsApproval: false,
    offer() {
      const records = least + Math.floor(random() * more);
      simulated.configure({ records });
      return everyone.slice(0, records);
    },
  };
}

/** As it is stored: Unicode's NFC. */
function personAt(index: number): Person {
  const { given, family, title, clinic } = clinicianAt(SEED, index);
  return {
    name_given: given.join(' ').normalize('NFC'),
    name_family: family.normalize('NFC'),
    title,
    clinic: clinic.normalize('NFC'),
  };
}
