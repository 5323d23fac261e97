/* The sync that the examples of the OpenAPI document describe, see `examples.ts`. */

export const RUN_ID = '0199d3a5-7c2f-7d4b-8e63-4a1b7d2c3e5f';

export const run = {
  id: RUN_ID,
  partner: 'noteworth',
  trigger: 'api',
  status: 'succeeded',
  workflowId: 'sync-noteworth-20260304T083000Z-5f2a9c',
  runId: RUN_ID,
  requestedAt: '2026-03-04T08:29:59.981Z',
  startedBy: 'zoe',
  workerVersion: '0.2.0',
  mappingHash: '5d0c3a61f1c4a7be2c6c9f6d1f0a4e8b7c3d2e1f0a9b8c7d6e5f4a3b2c1d0e9f',
  traceId: '0af7651916cd43dd8448eb211c80319c',
  startedAt: '2026-03-04T08:30:00.000Z',
  finishedAt: '2026-03-04T08:30:02.118Z',
  repeats: 1,
  received: 10,
  inserted: 2,
  updated: 1,
  unchanged: 6,
  duplicates: 0,
  rejected: 1,
  departed: 0,
  fields: ['name_given', 'name_family', 'title', 'clinic'],
  unknownFields: [],
  vanishedFields: [],
  remarks: [
    {
      type: 'HtmlEntities',
      field: 'name_family',
      count: 1,
      message: 'name_family has HTML entities, such as &amp; for &, in 1 record.',
    },
  ],
  failure: null,
  approval: null,
  holderId: null,
  replayOf: null,
  answerSha256: '0b1f6f1de9bdb3d7dd1a4bd8ecb1dfa6f8d6e2bb5fbe8d1e9e6dcf6d3a4c2f10',
  answerKeptUntil: '2026-03-11T08:30:02.118Z',
  callsRemovedAt: null,
  progress: null,
};

export const call = {
  endpoint: 'auth',
  page: 1,
  attempt: 1,
  scheduledAt: '2026-03-04T08:30:00.008Z',
  startedAt: '2026-03-04T08:30:00.012Z',
  tookMs: 31,
  httpStatus: 500,
  bytes: 21,
  outcome: 'PartnerError',
  detail: 'HTTP 500',
};

const part = (kind: string, startedAt: string, tookMs: number, details: object = {}) => ({
  ...{ kind, startedAt: `2026-03-04T08:${startedAt}Z`, tookMs, attempts: null, call: null, calls: null },
  ...details,
});
const calledIn = (endpoint: string, attempt: number, outcome: string) => ({
  call: { endpoint, page: 1, attempt, outcome },
});
export const parts = [
  part('queue', '29:59.981', 11),
  part('claim', '29:59.992', 8, { attempts: 1 }),
  part('overhead', '30:00.000', 12),
  part('call', '30:00.012', 31, calledIn('auth', 1, 'PartnerError')),
  part('wait', '30:00.043', 992),
  part('overhead', '30:01.035', 5),
  part('call', '30:01.040', 31, calledIn('auth', 2, 'ok')),
  part('overhead', '30:01.071', 19),
  part('call', '30:01.090', 18, calledIn('providers', 1, 'ok')),
  part('overhead', '30:01.108', 10),
  part('store', '30:01.118', 1_000, { attempts: 2 }),
];

export const currentStep = {
  step: 'authenticate',
  attempt: 2,
  state: 'running',
  since: '2026-03-04T08:30:01.040Z',
  until: '2026-03-04T08:30:11.040Z',
  call: { endpoint: 'auth', page: 1, attempt: 2 },
};

export const approval = {
  departing: 199,
  listed: 200,
  requestedAt: '2026-03-04T08:30:02.118Z',
  deadline: '2026-03-11T08:30:02.118Z',
  decision: null,
};

export const runWithCalls = {
  ...run,
  holder: null,
  calls: [
    call,
    {
      ...call,
      attempt: 2,
      scheduledAt: '2026-03-04T08:30:01.035Z',
      startedAt: '2026-03-04T08:30:01.040Z',
      httpStatus: 200,
      bytes: 0,
      outcome: 'ok',
      detail: null,
    },
    {
      ...call,
      endpoint: 'providers',
      scheduledAt: '2026-03-04T08:30:01.085Z',
      startedAt: '2026-03-04T08:30:01.090Z',
      tookMs: 18,
      httpStatus: 200,
      bytes: 1081,
      outcome: 'ok',
      detail: null,
    },
  ],
  callCounts: {
    total: 3,
    tookMs: 80,
    outcomes: [
      { endpoint: 'auth', outcome: call.outcome, count: 1 },
      { endpoint: 'auth', outcome: 'ok', count: 1 },
      { endpoint: 'providers', outcome: 'ok', count: 1 },
    ],
  },
  parts,
  actions: [
    {
      action: 'started',
      at: '2026-03-04T08:29:59.981Z',
      by: 'zoe',
      reason: null,
      runId: null,
      records: null,
    },
  ],
} as const;

/** A sync that has just been requested. */
export const runningSync = {
  ...runWithCalls,
  status: 'running',
  finishedAt: null,
  repeats: 0,
  received: 0,
  inserted: 0,
  updated: 0,
  unchanged: 0,
  rejected: 0,
  remarks: [],
  answerSha256: null,
  answerKeptUntil: null,
  calls: [],
  callCounts: { total: 0, tookMs: 0, outcomes: [] },
  parts: parts.slice(0, 2),
};
