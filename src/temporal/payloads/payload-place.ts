import type { SerializationContext } from '@temporalio/common';

/** When a schedule starts a run, Temporal appends the time to the workflow id of the schedule. */
const SCHEDULED_TIME = /-\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/**
 * The place that a payload belongs to, as text: a workflow, or one activity of a workflow. Equal places have equal
 * texts. Empty without a context.
 */
export function placeOf(context: SerializationContext | undefined): string {
  if (context === undefined) return '';
  const { namespace, workflowId } = context;
  return JSON.stringify(
    context.type === 'activity'
      ? { namespace, workflowId, activityId: context.activityId }
      : { namespace, workflowId },
  );
}

/**
 * Whether a payload of this place may be read in a context. A workflow may also read a payload without a place, which
 * is no weaker than plaintext, and the input of the schedule that started it. Without a context every place may be
 * read.
 */
export function belongsTo(place: string, context: SerializationContext | undefined): boolean {
  if (context === undefined || place === placeOf(context)) return true;
  if (context.type === 'activity') return false;
  const scheduled = { ...context, workflowId: context.workflowId.replace(SCHEDULED_TIME, '') };
  return place === '' || place === placeOf(scheduled);
}
