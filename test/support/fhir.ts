import { Fhir } from 'fhir';

const validator = new Fhir();

/** FHIR's patterns, which the validator does not check: https://hl7.org/fhir/R4/datatypes.html */
const STRING = /^[ \r\n\t\S]+$/;
const ID = /^[A-Za-z0-9\-.]{1,64}$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** The mistakes in a resource by the definitions of R4; none for a valid one. */
export function mistakesIn(resource: unknown): string[] {
  // The validator tests for arrays with `instanceof`, which fails for arrays that fetch creates outside Jest's realm.
  const copy = JSON.parse(JSON.stringify(resource));
  const { messages } = validator.validate(copy, { errorOnUnexpected: true });
  const found = messages
    .filter(({ severity }) => severity === 'error' || severity === 'fatal')
    .map(({ location, message }) => `${location}: ${message}`);
  return [...found, ...mistakesInValues(resource, '')];
}

function mistakesInValues(value: unknown, path: string): string[] {
  if (value === null || value === undefined) return [`${path}: null`];
  if (typeof value === 'string') {
    const pattern = path.endsWith('.id') ? ID : path.endsWith('.lastUpdated') ? INSTANT : STRING;
    return pattern.test(value) && value.trim() === value ? [] : [`${path}: ${JSON.stringify(value)}`];
  }
  if (typeof value !== 'object') return [];
  const entries = Object.entries(value);
  if (entries.length === 0) return [`${path}: empty`];
  return entries.flatMap(([key, inner]) => mistakesInValues(inner, `${path}.${key}`));
}
