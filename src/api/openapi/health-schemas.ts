import { z } from 'zod';
import { CHECK_STATES, CHECKS } from '../../operations/health/check';
import { MAX_LISTED_RUNS } from '../../operations/health/check-runs';
import { FINDING_CODES, HEALTH_STATUSES, SEVERITIES } from '../../operations/health/finding';
import { POSTGRES_READINESS, TEMPORAL_READINESS } from '../../operations/health/readiness';
import { partnerName } from '../../store/lists/filters';
import { EXAMPLES } from './examples';
import { count, flag, orNull, string, time } from './values';

const code = z.enum(FINDING_CODES).meta({ description: 'The name of the finding, stable for alerts' });
const severity = z
  .enum(SEVERITIES)
  .meta({ description: '`failing`: syncs cannot work; `degraded`: something needs attention' });

export const livenessSchema = z
  .object({ status: z.literal('ok').meta({ description: 'Always `ok`' }) })
  .meta({ examples: [{ status: 'ok' }] });

export const readinessSchema = z
  .object({
    status: z.enum(['ok', 'not ready']).meta({ description: '`ok` if both parts are' }),
    parts: z
      .object({
        postgres: z
          .enum(POSTGRES_READINESS)
          .meta({ description: 'The state of Postgres; `no answer` also if it could not be checked' }),
        temporal: z
          .enum(TEMPORAL_READINESS)
          .meta({ description: 'The state of Temporal; `no answer` also if it could not be checked' }),
      })
      .meta({ description: 'The services that the API needs' }),
    findings: z
      .array(z.object({ code, severity }))
      .meta({ description: 'Everything that is broken or needs attention; /api/v1/health has the details' }),
  })
  .meta({
    examples: [
      {
        status: 'ok',
        parts: { postgres: 'ok', temporal: 'ok' },
        findings: [{ code: 'no-worker', severity: 'failing' }],
      },
    ],
  });

const foundRunSchema = z.object({
  workflowId: string("Temporal's workflow ID"),
  partner: partnerName.nullable().meta({ description: 'The partner; null if it is unknown' }),
  since: orNull(time('Since when the run makes no progress; null if that is unknown')),
  reason: string('Why the run makes no progress'),
});

const findingSchema = z.object({
  code,
  severity,
  what: string('The finding in a sentence'),
  since: orNull(time('Since when; null if that is unknown')),
  sinceAtLeast: flag('Whether it may have begun before `since`'),
  advice: string('What an operator can do; empty if there is nothing to add'),
  partner: partnerName.nullable().meta({ description: 'The partner; null if it is not about one partner' }),
  link: z.string().nullable().meta({ description: 'The page with details; null if there is none' }),
  runs: z
    .array(foundRunSchema)
    .readonly()
    .meta({ description: `The runs that it is about, at most ${MAX_LISTED_RUNS}, the longest wait first` }),
});

export const healthReportSchema = z
  .object({
    status: z.enum(HEALTH_STATUSES).meta({ description: 'The worst severity of the findings, or `ok`' }),
    checkedAt: time('When it was checked'),
    workersPolling: orNull(count('Workers that poll the task queue; null if Temporal did not say')),
    runsWaiting: orNull(count('Open runs that make no progress; null if Temporal did not say')),
    findings: z.array(findingSchema).readonly().meta({ description: 'All findings, the worst first' }),
    checks: z
      .array(
        z.object({
          check: z.enum(CHECKS).meta({ description: 'What was checked' }),
          state: z
            .enum(CHECK_STATES)
            .meta({ description: '`found` with findings, `unknown` if it could not be checked' }),
          fact: string('What was seen, in a few words'),
        }),
      )
      .readonly()
      .meta({ description: 'The checks and their results' }),
  })
  .meta({
    id: 'Health',
    description: 'The state of everything that syncs need',
    examples: [EXAMPLES.health],
  });
