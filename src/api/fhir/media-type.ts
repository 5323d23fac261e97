import type { FastifyRequest } from 'fastify';

/** The path of the FHIR API. */
export const FHIR_PATH = '/fhir/R4';
export const FHIR_JSON = 'application/fhir+json';
export const JSON_TYPE = 'application/json';

/** The types that an Accept header may name, with the parameters that are correct for each. */
const ACCEPTABLE: Record<string, string> = {
  [FHIR_JSON]: FHIR_JSON,
  [`${FHIR_JSON};fhirVersion=4.0`]: FHIR_JSON,
  [`${FHIR_JSON};charset=utf-8`]: FHIR_JSON,
  [JSON_TYPE]: JSON_TYPE,
  [`${JSON_TYPE};charset=utf-8`]: JSON_TYPE,
};

/** The values of `_format`. In an address, a plus sign that is not encoded means a space. */
export const FORMATS: ReadonlyMap<unknown, string> = new Map([
  ['json', FHIR_JSON],
  [FHIR_JSON, FHIR_JSON],
  ['application/fhir json', FHIR_JSON],
  [JSON_TYPE, JSON_TYPE],
  ['text/json', JSON_TYPE],
]);

/** Chooses the media type of the answer by `_format` or else the Accept header; null if none is available. */
export function chooseMediaType(request: FastifyRequest): string | null {
  const { _format: format } = request.query as { _format?: unknown };
  if (format !== undefined) return FORMATS.get(format) ?? null;
  const accepted = request.accepts().type(Object.keys(ACCEPTABLE));
  return ACCEPTABLE[String(accepted)] ?? null;
}
