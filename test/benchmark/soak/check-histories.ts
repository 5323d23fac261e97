import { temporal } from '@temporalio/proto';
import type { RawHistory } from '../../support/raw-history';
import { fact, type Line, never } from './table';

const { EventType, WorkflowTaskFailedCause } = temporal.api.enums.v1;

/** Causes that are faults of the workflow's code. */
const DEFECTS: readonly string[] = [
  'WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR',
  'WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE',
];

/** Checks that the workflows continued deterministically after each loss of a worker or server. */
export function checkHistories(histories: readonly RawHistory[]): Line[] {
  const events = histories.flatMap((history) => history.events ?? []);
  const causes = events.flatMap(({ workflowTaskFailedEventAttributes: failed }) =>
    failed ? [WorkflowTaskFailedCause[failed.cause ?? 0] ?? ''] : [],
  );
  const count = (type: number) => events.filter(({ eventType }) => eventType === type).length;
  return [
    fact('Temporal runs', histories.length),
    fact('  that continued as another one', count(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW)),
    fact('events in Temporal', events.length),
    fact('  workflow tasks that timed out', count(EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT)),
    fact('  workflow tasks that failed', causes.length),
    never(
      '  workflow tasks that failed by a defect',
      causes.filter((cause) => DEFECTS.includes(cause)),
    ),
  ];
}
