import { health, partner, schedule, sizes, worker } from './service-examples';
import { approval, call, currentStep, parts, RUN_ID, run, runningSync, runWithCalls } from './sync-examples';

/*
 * The examples of the OpenAPI document. They tell one story: a sync on 4 March needs a retry, finds Zoë O'Hara with a
 * new title, and cannot use one record.
 */

const PROVIDER_ID = '0198c2f4-6b1e-7c3a-9d52-3f0a6c1b2d4e';

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

const GROUP_ID = '9d5ed678fe57bcca610140957afab571f8d7f1b6ad9c4c0bd8b2b1cbf4a0c2e3';

const counts = { running: 0, succeeded: 9, failed: 2, skipped: 0, cancelled: 0, abandoned: 0 };

const cause = {
  failureType: 'PartnerTimeout',
  title: 'no complete answer in time',
  meaning: 'The partner gave no complete answer within the deadline.',
  advice: 'The partner hangs now and then. If it happens in every run, ask the partner.',
  state: 'mended',
  count: 2,
  firstAt: '2026-03-04T06:30:00.000Z',
  lastAt: '2026-03-04T07:30:00.000Z',
  partners: [
    {
      partner: 'noteworth',
      count: 2,
      firstAt: '2026-03-04T06:30:00.000Z',
      lastAt: '2026-03-04T07:30:00.000Z',
      endpoint: 'providers',
      message:
        'The providers endpoint of noteworth failed 3 times with PartnerTimeout (no complete answer within 10 seconds).',
      exampleRunId: '0199d36e-8e0f-7a21-b5c4-9d3e6f7a8b90',
      mendedByRunId: RUN_ID,
      mendedAt: '2026-03-04T08:30:02.118Z',
    },
  ],
};

const erasure = {
  id: '019a1f20-3c4d-7e5f-8a6b-7c8d9e0f1a2b',
  providerId: '0198c2f4-9e3b-7c5d-8f72-6a2b3c4d5e6f',
  partner: 'noteworth',
  erasedAt: '2026-03-05T09:12:44.301Z',
  erasedBy: 'zoe',
  reason: 'Ticket 4711',
  removed: { providers: 1, changes: 4, rejectedRecords: 1, stagedRecords: 0, keptAnswers: 9 },
  liftedAt: null,
  liftedBy: null,
};

export const EXAMPLES = {
  erasure,
  cause,
  provider,
  run,
  approval,
  call,
  currentStep,
  part: parts[3],
  schedule,
  runWithCalls,
  runningSync,
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
  providerVersion: {
    number: 2,
    beganAt: '2026-03-04T08:30:02.118Z',
    endedAt: null,
    runId: RUN_ID,
    call: { runId: RUN_ID, page: 1, attempt: 1, startedAt: '2026-03-04T08:30:01.090Z' },
    givenName: provider.givenName,
    familyName: provider.familyName,
    title: provider.title,
    clinic: provider.clinic,
    attributes: {},
    listed: true,
    changes: [{ field: 'title', before: 'PA', after: 'Dr.' }],
  },
  possibleDuplicate: {
    ...provider,
    id: '0198c2f4-7d2a-7b4e-8c61-5e1f2a3b4c5d',
    partner: 'brightwater',
    clinic: 'Harbour Clinic',
    differsIn: ['clinic', 'partner'],
  },
  directoryChange: {
    kind: 'changed',
    provider: {
      id: PROVIDER_ID,
      partner: 'noteworth',
      givenName: 'Zoë',
      familyName: "O'Hara",
      title: 'Dr.',
      clinic: 'Lakeside Clinic',
    },
    runId: RUN_ID,
    changedAt: '2026-03-04T08:30:02.118Z',
    changes: [{ field: 'title', before: 'PA', after: 'Dr.' }],
  },
  directoryChangeCounts: { new: 2, left: 0, returned: 0, changed: 1, atLeast: [] },
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
  partner,
  health,
  worker,
  stats: {
    providers: sizes,
    partners: [
      {
        partner: 'noteworth',
        providers: sizes,
        last24Hours: counts,
        last7Days: { ...counts, succeeded: 61, failed: 13 },
        duration: { median: 2_040, p95: 21_300 },
      },
    ],
    series: [{ start: '2026-03-04T00:00:00.000Z', counts, medianDuration: 2_040 }],
  },
} as const;
