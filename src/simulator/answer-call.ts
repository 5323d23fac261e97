import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Endpoint } from '../contract/call';
import { answer, send } from './answer';
import type { CallLog } from './call-log';
import { followCall } from './connection';
import { deliver } from './deliver';
import type { PlannedStep } from './faults';
import type { Scenario } from './scenario';
import { CHECKSUM_HEADER, type SimulatedPartner } from './simulated-partner';

/** The parts of the simulator that answer a call. */
export interface SimulatorParts {
  readonly scenario: Scenario;
  readonly partner: SimulatedPartner;
  readonly log: CallLog;
}

const METHODS: Readonly<Record<Endpoint, readonly string[]>> = { auth: ['GET', 'HEAD'], providers: ['GET'] };

/**
 * Answers a call to the partner with the next step of the scenario, and logs it. A method that the endpoint does
 * not support is answered with 405 and uses no step.
 */
export async function answerCall(
  { scenario, partner, log }: SimulatorParts,
  endpoint: Endpoint,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = '', url: path = '', headers } = request;
  const allowed = METHODS[endpoint];
  const step = allowed.includes(method) ? scenario.nextStep(endpoint) : undefined;

  const arrived = { endpoint, method, path, fault: faultOf(step) };
  const signal = followCall(log, arrived, request, response);

  if (step === undefined) {
    send(response, answer(405, undefined, { Allow: allowed.join(', ') }));
    return;
  }
  const checksum = headers[CHECKSUM_HEADER.toLowerCase()]?.toString();
  const { hangMs } = scenario.settings;
  const asked = { endpoint, path, checksum };
  await deliver({ partner, asked, request, response, hangMs, signal }, step.fault, step);
}

function faultOf(step: PlannedStep | undefined) {
  return step === undefined || step.fault === 'ok' ? 'none' : step.fault;
}
