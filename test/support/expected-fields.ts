import { type Clinician, clinicianAt } from '../../src/simulator/family/clinicians';
import type { FamilyName } from '../../src/simulator/family/family';

/** The directory's fields of a provider: given name, family name, title, clinic. */
type Fields = readonly (string | null)[];

const all = ({ given, family, title, clinic }: Clinician): Fields => [given.join(' '), family, title, clinic];

const FIELDS: Readonly<Record<FamilyName, (clinician: Clinician) => Fields>> = {
  noclist: ({ npi, index }) => ['', `${npi}${String(index).padStart(9, '0')}`, null, null],
  acme: all,
  county: all,
  signed: all,
  hospital: ({ given, family, title }) => [given.join(' '), family, title, null],
  nppes: ({ given, family, title, clinic }) => [given[0] ?? '', family, title, clinic],
  graph: all,
  export: all,
};

/** What docs/examples/partners.yaml makes of the clinicians of a simulated partner, in the partner's order. */
export function expectedFields(name: FamilyName, count: number): Fields[] {
  return Array.from({ length: count }, (_, index) =>
    FIELDS[name](clinicianAt(1, index)).map((text) => text?.normalize('NFC') ?? null),
  );
}
