import type { WorkflowClient } from '@temporalio/client';
import { hasGrpcStatus } from '../connection/grpc-status';

/** The task queues of a version: one for workflows, one for activities. */
const TASK_QUEUES = 2;

/** As Temporal names it. */
export interface WorkerVersion {
  readonly deploymentName?: string | null;
  readonly buildId?: string | null;
}

/**
 * Whether Temporal knows a version of the workers with all of its task queues. It registers them some time after a
 * worker first asks for work, and before that `set-current-version` fails.
 */
export async function isRegistered(client: WorkflowClient, version: WorkerVersion): Promise<boolean> {
  const { deploymentName = null, buildId = null } = version;
  try {
    const { versionTaskQueues = [] } = await client.workflowService.describeWorkerDeploymentVersion({
      namespace: client.options.namespace,
      deploymentVersion: { deploymentName, buildId },
    });
    return versionTaskQueues.length >= TASK_QUEUES;
  } catch (error) {
    if (hasGrpcStatus(error, 'NOT_FOUND')) return false;
    throw error;
  }
}
