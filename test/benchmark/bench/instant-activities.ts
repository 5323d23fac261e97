import { createHash } from 'node:crypto';
import type { Activities } from '../../../src/contract/activities';
import type { CheckedAnswer, CheckedProvider } from '../../../src/contract/answer';
import type { Endpoint, PartnerCall } from '../../../src/contract/call';
import { DEFAULT_PARTNER } from '../../../src/contract/names';

const RECORDS = 10;
/** As long as the copy of ten records. */
const COPY_BYTES = 530;
const ID = '01a22038-1690-7930-9dd9-6ea148496752';

/** The steps of a sync without their work: each returns at once what it returns for ten records of Noteworth. */
export function instantActivities(): Pick<
  Activities,
  'openRun' | 'authenticate' | 'fetchProviders' | 'persistProviders'
> {
  const fetched = {
    answer: answer(),
    unusable: null,
    copy: {
      parts: [Buffer.from(sha256('copy').repeat(COPY_BYTES / 64)).toString('base64')],
      sha256: sha256('the whole copy'),
    },
  };
  return {
    openRun: async ({ runId }) => ({
      status: 'opened',
      id: ID,
      temporalRunId: runId,
      searchable: true,
      stepsNameRun: true,
      partner: { name: DEFAULT_PARTNER, deadlineMs: 10_000 },
    }),
    authenticate: async ({ runId }) => ({ token: ID, runId, calls: [call('auth', 2)] }),
    fetchProviders: async ({ runId }) => ({ ...fetched, runId, calls: [call('providers', 1_081)] }),
    persistProviders: async ({ runId }) => ({
      runId,
      received: RECORDS,
      inserted: RECORDS,
      updated: 0,
      unchanged: 0,
      duplicates: 0,
      rejected: 0,
      departed: 0,
    }),
  };
}

function answer(): CheckedAnswer {
  return {
    received: RECORDS,
    providers: Array.from({ length: RECORDS }, (_, number) => provider(number)),
    rejected: [],
    duplicates: 0,
    remarks: [],
    unknownFields: [],
    sentFields: ['name_given', 'name_family', 'title', 'clinic'],
    vanishedFields: [],
  };
}

function provider(number: number): CheckedProvider {
  return {
    identityKey: sha256(String(number)),
    givenName: `Mary Beth ${number}`,
    familyName: 'Van der Loo',
    title: 'PA',
    clinic: `Cedar & Main Pediatrics ${number}`,
    attributes: {},
  };
}

function call(endpoint: Endpoint, bytes: number): PartnerCall {
  const now = new Date().toISOString();
  const ended = { tookMs: 7, httpStatus: 200, bytes, outcome: 'ok', detail: null } as const;
  return { endpoint, attempt: 1, scheduledAt: now, startedAt: now, ...ended };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
