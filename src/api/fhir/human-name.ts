import type { HumanName } from 'fhir/r4';
import type { Provider } from '../../store/directory/provider-row';
import { toFhirString } from './fhir-string';

/** Titles that are said before a name, in lower case and without dots. Any other stands behind it: `PA`, `NP`. */
const BEFORE_NAME = new Set([
  'dr',
  'doctor',
  'prof',
  'professor',
  'mr',
  'mrs',
  'ms',
  'miss',
  'mx',
  'rev',
  'sr',
]);

/** The name as the partner sends it: given names stay one text, since where they part is not said. */
export function toHumanName({ givenName, familyName, title }: Provider): HumanName {
  const family = toFhirString(familyName);
  const given = toFhirString(givenName);
  const name = [given, family].filter(Boolean).join(' ');
  const honour = toFhirString(title ?? '');
  const isBefore = BEFORE_NAME.has(/^[^\s.]*/.exec(honour)?.[0].toLowerCase() ?? '');
  const text = isBefore ? `${honour} ${name}` : [name, honour].filter(Boolean).join(', ');
  return {
    text,
    ...(family && { family }),
    ...(given && { given: [given] }),
    ...(honour && { [isBefore ? 'prefix' : 'suffix']: [honour] }),
  };
}
