import { ServiceError } from '@temporalio/client';
import { temporalReason } from '../../../src/temporal/connection/temporal-reason';

const grpcError = (details: string) =>
  Object.assign(new Error(`4 DEADLINE_EXCEEDED: ${details}`), { code: 4, details, metadata: {} });

describe('the reason why Temporal did not do what was asked', () => {
  it.each([
    [
      'Deadline exceeded after 29.999s,LB pick: 0.001s,remote_addr=127.0.0.1:7233',
      'it did not answer in time',
    ],
    [
      'No connection established. Last error: Error: connect ECONNREFUSED 127.0.0.1:1 (2026-11-28T07:00:00.000Z). Resolution note: none',
      'connect ECONNREFUSED 127.0.0.1:1',
    ],
    ['Request unauthorized.', 'Request unauthorized'],
  ])('is the cause alone: %s', (details, reason) => {
    expect(temporalReason(grpcError(details))).toBe(reason);
    expect(temporalReason(new ServiceError('Failed', { cause: grpcError(details) }))).toBe(reason);
  });
});
