import { z } from 'zod';
import { WORKER_STATES } from '../../operations/describe-workers';
import { partnerName } from '../../store/lists/filters';
import { EXAMPLES } from './examples';
import { count, orNull, string, time } from './values';

const slots = (what: string) =>
  z
    .object({ used: count('Slots in use'), total: count('All slots') })
    .meta({ description: `The slots for ${what}, at the last heartbeat` });

const reportSchema = z.object({
  host: string('The name of its host'),
  version: z
    .string()
    .nullable()
    .meta({ description: 'The version of provider-sync; null for a worker of 0.1.0' }),
  deploymentName: z
    .string()
    .nullable()
    .meta({ description: 'The deployment in Temporal; null if it is not a version of one' }),
  buildId: z.string().nullable().meta({
    description: "The build of the deployment; without a deployment, the SDK's id of the workflow code",
  }),
  sdkVersion: string("The version of Temporal's SDK"),
  startedAt: orNull(time('When it started')),
  slots: z
    .object({
      activities: slots('calls to partners and saves'),
      localActivities: slots('the opening and closing of runs'),
      workflowTasks: slots('workflow tasks'),
    })
    .meta({ description: 'How much it does at once, and how much it can' }),
});

export const workerSchema = z
  .object({
    identity: string('`pid@hostname`, unless the worker sets another identity'),
    state: z.enum(WORKER_STATES).meta({
      description: '`polling`, or `lost` if it was not seen for 90 s without having reported a shutdown',
    }),
    lastSeenAt: time('Its last heartbeat, or the last time it asked for work'),
    report: reportSchema
      .nullable()
      .meta({ description: 'What it reports of itself; null if Temporal keeps no list of workers' }),
    steps: z
      .array(
        z.object({
          step: string('The name of the activity'),
          attempt: count('The attempt, from 1'),
          since: orNull(time('When this attempt began')),
          workflowId: string("Temporal's workflow ID of the sync"),
          partner: partnerName.nullable().meta({ description: 'The partner; null if it is unknown' }),
        }),
      )
      .readonly()
      .meta({ description: 'What it executes now, among the 50 latest open syncs' }),
  })
  .meta({ id: 'Worker', description: 'A process that executes syncs', examples: [EXAMPLES.worker] });
