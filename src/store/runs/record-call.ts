import type { DataSource } from 'typeorm';
import type { PartnerCall } from '../../contract/call';
import { insertCalls } from './insert-calls';

/**
 * Puts one call into the ledger as soon as it has ended, so that it is there while the run goes on, and
 * however the run ends. What was only known as interrupted is replaced.
 */
export async function recordCall(dataSource: DataSource, runId: string, call: PartnerCall): Promise<void> {
  await dataSource.query(
    `${insertCalls('$1', '$2')}
     ON CONFLICT (run_id, endpoint, attempt) DO UPDATE
     SET took_ms = excluded.took_ms, http_status = excluded.http_status, bytes = excluded.bytes,
       outcome = excluded.outcome, detail = excluded.detail
     WHERE partner_calls.outcome = 'Interrupted'`,
    [runId, JSON.stringify([call])],
  );
}
