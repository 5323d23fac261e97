import { run } from './sync-examples';

/* The partner, its schedule, the health and a worker of the examples of the OpenAPI document, see `examples.ts`. */

export const sizes = { total: 412, listed: 412 };

export const schedule = {
  scheduleId: 'provider-sync.noteworth',
  times: 'Every hour',
  cron: null,
  timeZone: null,
  paused: false,
  backOffUntil: null,
  note: null,
  nextRunAt: '2026-03-04T09:30:00.000Z',
  nextRunsAt: [9, 10, 11, 12, 13].map((hour) => `2026-03-04T${String(hour).padStart(2, '0')}:30:00.000Z`),
  lastRunAt: '2026-03-04T08:30:00.000Z',
  lastWorkflowId: 'provider-sync.noteworth-2026-03-04T08:30:00Z',
  skipped: 0,
  missed: 0,
};

export const partner = {
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
    encoding: null,
    records: 'providers',
    paging: 'none',
    pageInBody: null,
    fields: { givenName: 'name_given', familyName: 'name_family', title: 'title', clinic: 'clinic' },
    constants: {},
    optional: [],
    ignore: [],
    departed: null,
    limits: {
      maxBytes: 4_194_304,
      maximumCount: 100_000,
      maximumPages: 10_000,
      maxLength: 255,
      maximumDeparted: null,
    },
  },
  providers: sizes,
  freshness: {
    isFresh: true,
    freshForMs: 86_400_000,
    lastSucceededAt: '2026-03-04T08:30:02.118Z',
    freshUntil: '2026-03-05T08:30:02.118Z',
  },
  forecast: {
    runs: 23,
    chance: 0.999,
    latest: { succeeded: 17, ended: 20 },
    afterFailure: { succeeded: 2, ended: 3 },
  },
  lastRun: run,
  running: null,
  scheduleState: 'known',
  schedule,
};

export const health = {
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
};

export const worker = {
  identity: '31869@worker-1',
  state: 'polling',
  lastSeenAt: '2026-03-04T08:30:02.118Z',
  report: {
    host: 'worker-1',
    version: '0.2.0',
    deploymentName: 'provider-sync',
    buildId: '2',
    sdkVersion: '1.24.0',
    startedAt: '2026-03-01T06:00:00.000Z',
    slots: {
      activities: { used: 1, total: 20 },
      localActivities: { used: 0, total: 4 },
      workflowTasks: { used: 0, total: 40 },
    },
  },
  steps: [
    {
      step: 'fetchProviders',
      attempt: 1,
      since: '2026-03-04T08:30:01.090Z',
      workflowId: 'provider-sync.noteworth-2026-03-04T08:30:00Z',
      partner: 'noteworth',
    },
  ],
};
