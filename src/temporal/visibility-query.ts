/**
 * The workflows of a type on a task queue, in the language of Temporal's visibility:
 * https://docs.temporal.io/list-filter
 */
export function workflowsOn(taskQueue: string, workflowType: string): string {
  return `WorkflowType = '${workflowType}' AND TaskQueue = '${taskQueue.replaceAll("'", "''")}'`;
}
