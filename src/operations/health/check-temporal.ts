import { startingAdvice } from '../../temporal/connection/connection';
import { tryToReach } from '../../temporal/connection/why-unreachable';
import type { OperationContext } from '../context';
import { type CheckOutcome, checked } from './check';
import { finding } from './finding';

const WITHIN_MS = 2_500;

/**
 * Checks that Temporal responds and has the namespace. The check uses a new connection without retries, because a
 * connection that has been retrying for a while takes minutes to notice that Temporal is back.
 */
export async function checkTemporal({
  temporal: { connection, namespace },
}: Pick<OperationContext, 'temporal'>): Promise<CheckOutcome> {
  const reason = await tryToReach(connection, { namespace }, WITHIN_MS);
  if (reason === null) return checked('temporal', `${connection.address}, namespace ${namespace}`);
  const found = finding({
    code: 'temporal-unreachable',
    severity: 'failing',
    what: `Temporal at ${connection.address} cannot be reached (${reason}).`,
    advice: `${startingAdvice(connection.address)}, or check TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and TEMPORAL_TLS_*. No sync starts or makes progress until then.`,
  });
  return checked('temporal', found.what, [found]);
}
