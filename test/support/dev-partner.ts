import { type Simulator, startSimulator } from '../../src/simulator/simulator';
import { itemsIn } from './dev';

function person(number: number) {
  return {
    name_given: `Given ${number}`,
    name_family: `Family ${number}`,
    title: 'Dr.',
    clinic: 'Far Away Clinic',
  };
}

/** A partner without faults, with ten people of its own. */
export function startPartner(): Promise<Simulator> {
  return startSimulator({
    rates: { auth: {}, providers: {} },
    people: Array.from({ length: 10 }, (_, n) => person(n)),
  });
}

/** The family names of the people of this partner. */
export const THEIR_FAMILIES = Array.from({ length: 10 }, (_, number) => `Family ${number}`);

/** The family names in the directory of a `dev`. */
export async function familyNames(dataDir: string): Promise<string[]> {
  return (await itemsIn<{ familyName: string }>(dataDir, 'providers list')).map(
    ({ familyName }) => familyName,
  );
}
