import type { FastifyRequest } from 'fastify';

/** Where FHIR is served. */
export const FHIR_PATH = '/fhir/R4';
export const FHIR_JSON = 'application/fhir+json';
export const JSON_TYPE = 'application/json';

/** What an Accept header may name, with the parameters that are true of it. */
const ACCEPTABLE: Record<string, string> = {
  [FHIR_JSON]: FHIR_JSON,
  [`${FHIR_JSON};fhirVersion=4.0`]: FHIR_JSON,
  [`${FHIR_JSON};charset=utf-8`]: FHIR_JSON,
  [JSON_TYPE]: JSON_TYPE,
  [`${JSON_TYPE};charset=utf-8`]: JSON_TYPE,
};

/** The values of `_format`; in an address a plus sign that is not encoded stands for a space. */
export const FORMATS: ReadonlyMap<unknown, string> = new Map([
  ['json', FHIR_JSON],
  [FHIR_JSON, FHIR_JSON],
  ['application/fhir json', FHIR_JSON],
  [JSON_TYPE, JSON_TYPE],
  ['text/json', JSON_TYPE],
]);

/** The media type for the answer, by `_format` or else the Accept header; null where it is to be had in none. */
export function chooseMediaType(request: FastifyRequest): string | null {
  const { _format: format } = request.query as { _format?: unknown };
  if (format !== undefined) return FORMATS.get(format) ?? null;
  const accepted = request.accepts().type(Object.keys(ACCEPTABLE));
  return ACCEPTABLE[String(accepted)] ?? null;
}
