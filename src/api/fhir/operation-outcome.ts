import type { OperationOutcome, OperationOutcomeIssue } from 'fhir/r4';

/** https://hl7.org/fhir/R4/valueset-issue-type.html */
const CODES: Record<number, OperationOutcomeIssue['code']> = {
  401: 'login',
  403: 'forbidden',
  404: 'not-found',
  405: 'not-supported',
  406: 'not-supported',
  413: 'too-long',
  415: 'not-supported',
  429: 'throttled',
  500: 'exception',
  503: 'transient',
};

/** The reason why a request was refused or failed, with the code that fits the HTTP status. */
export function outcomeOf(status: number, diagnostics: string): OperationOutcome {
  return toOutcome([{ severity: 'error', code: CODES[status] ?? 'invalid', diagnostics }]);
}

export function toOutcome(issue: OperationOutcomeIssue[]): OperationOutcome {
  return { resourceType: 'OperationOutcome', issue };
}
