/*
 * The examples of the OpenAPI document. They tell one story: a sync on 4 March needs a retry, finds Zoë O'Hara with a
 * new title, and cannot use one record.
 */

const PROVIDER_ID = '0198c2f4-6b1e-7c3a-9d52-3f0a6c1b2d4e';
const RUN_ID = '0199d3a5-7c2f-7d4b-8e63-4a1b7d2c3e5f';

const provider = {
  id: PROVIDER_ID,
  partner: 'noteworth',
  givenName: 'Zoë',
  familyName: "O'Hara",
  title: 'Dr.',
  clinic: 'Lakeside Clinic',
  attributes: {},
  listed: true,
  firstSeenAt: '2026-03-01T08:30:00.000Z',
  lastSeenAt: '2026-03-04T08:30:02.118Z',
  lastChangedAt: '2026-03-04T08:30:02.118Z',
};

const run = {
  id: RUN_ID,
  partner: 'noteworth',
  trigger: 'api',
  status: 'succeeded',
  workflowId: 'sync-noteworth-20260304T083000Z-5f2a9c',
  runId: RUN_ID,
  startedAt: '2026-03-04T08:30:00.000Z',
  finishedAt: '2026-03-04T08:30:02.118Z',
  received: 10,
  inserted: 2,
  updated: 1,
  unchanged: 6,
  duplicates: 0,
  rejected: 1,
  departed: 0,
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
  progress: null,
};

const GROUP_ID = '9d5ed678fe57bcca610140957afab571f8d7f1b6ad9c4c0bd8b2b1cbf4a0c2e3';

const call = {
  endpoint: 'auth',
  page: 1,
  attempt: 1,
  startedAt: '2026-03-04T08:30:00.012Z',
  tookMs: 31,
  httpStatus: 500,
  bytes: 21,
  outcome: 'PartnerError',
  detail: 'HTTP 500',
};

const approval = {
  departing: 199,
  listed: 200,
  requestedAt: '2026-03-04T08:30:02.118Z',
  deadline: '2026-03-11T08:30:02.118Z',
  decision: null,
};

const counts = { running: 0, succeeded: 9, failed: 2, skipped: 0, cancelled: 0, abandoned: 0 };
const providers = { total: 412, listed: 412 };

const schedule = {
  scheduleId: 'provider-sync.noteworth',
  times: 'Every hour',
  cron: null,
  paused: false,
  note: null,
  nextRunAt: '2026-03-04T09:30:00.000Z',
  nextRunsAt: [9, 10, 11, 12, 13].map((hour) => `2026-03-04T${String(hour).padStart(2, '0')}:30:00.000Z`),
  lastRunAt: '2026-03-04T08:30:00.000Z',
  lastWorkflowId: 'provider-sync.noteworth-2026-03-04T08:30:00Z',
  skipped: 0,
  missed: 0,
};

export const EXAMPLES = {
  provider,
  run,
  approval,
  call,
  schedule,
  runWithCalls: {
    ...run,
    holder: null,
    calls: [
      call,
      {
        ...call,
        attempt: 2,
        startedAt: '2026-03-04T08:30:01.040Z',
        httpStatus: 200,
        bytes: 0,
        outcome: 'ok',
        detail: null,
      },
      {
        ...call,
        endpoint: 'providers',
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
      outcomes: [
        { endpoint: 'auth', outcome: call.outcome, count: 1 },
        { endpoint: 'auth', outcome: 'ok', count: 1 },
        { endpoint: 'providers', outcome: 'ok', count: 1 },
      ],
    },
  },
  change: {
    id: '42',
    providerId: PROVIDER_ID,
    providerName: "Zoë O'Hara",
    partner: 'noteworth',
    runId: RUN_ID,
    field: 'title',
    before: 'PA',
    after: 'Dr.',
    changedAt: '2026-03-04T08:30:02.118Z',
  },
  rejectedRecord: {
    runId: RUN_ID,
    record: 8,
    partner: 'noteworth',
    reason: 'MissingField',
    field: 'clinic',
    raw: '{"name_given":"Ada","name_family":"Byron","title":"NP"}',
    createdAt: '2026-03-04T08:30:02.118Z',
    givenName: 'Ada',
    familyName: 'Byron',
    state: 'open',
    groupId: GROUP_ID,
    goneByRunId: null,
    resolvedByRunId: null,
    dismissedAt: null,
    dismissedBy: null,
    dismissedReason: null,
  },
  rejectedGroup: {
    id: GROUP_ID,
    partner: 'noteworth',
    problem: 'Ada Byron: clinic is missing',
    givenName: 'Ada',
    familyName: 'Byron',
    reason: 'MissingField',
    field: 'clinic',
    count: 3,
    firstAt: '2026-03-02T08:30:02.118Z',
    lastAt: '2026-03-04T08:30:02.118Z',
    state: 'open',
    presence: 'absent',
    providerIds: [],
    runId: RUN_ID,
    record: 8,
    raw: '{"name_given":"Ada","name_family":"Byron","title":"NP"}',
  },
  partner: {
    name: 'noteworth',
    baseUrl: 'https://noteworth.example',
    feed: 'sample',
    identity: ['name_given', 'name_family', 'clinic'],
    minimumCount: 10,
    maximumRejected: 0.2,
    deadlineMs: 10_000,
    reading: {
      authentication: {
        kind: 'token',
        request: { method: 'GET', path: '/auth', parameters: [], headers: [] },
      },
      request: { method: 'GET', path: '/providers', parameters: [], headers: ['X-Request-Checksum'] },
      format: 'json',
      records: 'providers',
      paging: 'none',
      fields: { givenName: 'name_given', familyName: 'name_family', title: 'title', clinic: 'clinic' },
      constants: {},
      optional: [],
      ignore: [],
      limits: {
        maxBytes: 4_194_304,
        maximumCount: 100_000,
        maximumPages: 10_000,
        maxLength: 255,
        maximumDeparted: null,
      },
    },
    providers,
    freshness: { isFresh: true, freshForMs: 86_400_000, lastSucceededAt: '2026-03-04T08:30:02.118Z' },
    lastRun: run,
    running: null,
    scheduleState: 'known',
    schedule,
  },
  health: {
    status: 'failing',
    checkedAt: '2026-03-04T09:31:40.000Z',
    workersPolling: 0,
    runsWaiting: 1,
    findings: [
      {
        code: 'no-worker',
        severity: 'failing',
        what: 'No worker polls the task queue provider-sync.',
        since: '2026-03-04T09:02:11.000Z',
        sinceAtLeast: false,
        advice: 'Start one: npx provider-sync worker. The log of the last one shows why it ended.',
        partner: null,
        link: null,
        runs: [],
      },
      {
        code: 'runs-waiting',
        severity: 'failing',
        what: '1 sync waits for a worker.',
        since: '2026-03-04T09:30:00.000Z',
        sinceAtLeast: false,
        advice: 'Waiting for a worker; start one with: npx provider-sync worker.',
        partner: 'noteworth',
        link: '/runs/provider-sync.noteworth-2026-03-04T09%3A30%3A00Z',
        runs: [
          {
            workflowId: 'provider-sync.noteworth-2026-03-04T09:30:00Z',
            partner: 'noteworth',
            since: '2026-03-04T09:30:00.000Z',
            reason: 'waiting for a worker; start one with: npx provider-sync worker',
          },
        ],
      },
    ],
    checks: [{ check: 'workers', state: 'found', fact: 'No worker polls the task queue provider-sync.' }],
  },
  stats: {
    providers,
    partners: [
      {
        partner: 'noteworth',
        providers,
        last24Hours: counts,
        last7Days: { ...counts, succeeded: 61, failed: 13 },
        duration: { median: 2_040, p95: 21_300 },
      },
    ],
    series: [{ start: '2026-03-04T00:00:00.000Z', counts, medianDuration: 2_040 }],
  },
} as const;
