import { z } from 'zod';
import { STEP_STATES } from '../../temporal/runs/current-step';
import { callSchema } from './call-schemas';
import { EXAMPLES } from './examples';
import { orNull, string, time } from './values';

/** The step that a running sync is in. */
export const currentStepSchema = z
  .object({
    step: string('The activity of the workflow'),
    attempt: z.int().min(1).meta({ description: 'The attempt that is running, or that comes next' }),
    state: z.enum(STEP_STATES).meta({
      description: '`running`; `delayed` until the next attempt; or `queued` until a worker takes it',
    }),
    since: time('When this state began'),
    until: orNull(
      time('When the call to the partner is given up, or the delay ends; null if there is no such time'),
    ),
    call: callSchema
      .pick({ endpoint: true, page: true, attempt: true })
      .nullable()
      .meta({ description: 'The call to the partner that is in flight; null if there is none' }),
  })
  .meta({ id: 'CurrentStep', description: 'The step of a running sync', examples: [EXAMPLES.currentStep] });
