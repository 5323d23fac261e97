/**
 * A text as a FHIR string, which holds no control characters; in its pattern, as validators read it, a plain
 * space is the only one: https://hl7.org/fhir/R4/datatypes.html#string
 */
export function toFhirString(text: string): string {
  return text
    .trim()
    .replace(/\s+/gu, ' ')
    .replace(/\p{Cc}/gu, '\uFFFD');
}
