import { Connection, type ConnectionOptions, isGrpcServiceError } from '@temporalio/client';

const ATTEMPT_TIMEOUT_MS = 5_000;

/**
 * Why a connection to Temporal cannot be made, in a few words: the SDK repeats its attempts until its time is
 * up, and then says only that. So one more attempt is made, without its repetitions.
 */
export async function whyUnreachable(options: ConnectionOptions): Promise<string> {
  const connection = Connection.lazy({ ...options, interceptors: [] });
  try {
    await connection.withDeadline(Date.now() + ATTEMPT_TIMEOUT_MS, () =>
      connection.workflowService.getSystemInfo({}),
    );
    return 'it answers only now';
  } catch (error) {
    return isGrpcServiceError(error) ? lastWords(error.details) : String(error);
  } finally {
    await connection.close();
  }
}

/** Of what gRPC and OpenSSL say around it, the cause. */
function lastWords(details: string): string {
  const [line = ''] = details.replace(/^.*Last error: (Error: )?/, '').split('\n');
  const [, openssl] = /:SSL routines:[^:]*:([^:]+)/.exec(line) ?? [];
  return openssl ?? line.replace(/ \(\d{4}-[^)]*\)|\.? Resolution note: .*$|\.$/g, '').trim();
}
