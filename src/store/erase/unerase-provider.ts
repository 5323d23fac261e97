import type { DataSource } from 'typeorm';
import type { Erasure } from '../../contract/erasure';
import { TIMEOUTS } from '../../contract/timeouts';
import { inTransaction } from '../postgres/transaction';
import { readErasure } from './read-erasures';

/**
 * Removes the hashes of an erased person, so that the partner's next answer with the person is stored again. A second
 * call changes nothing.
 *
 * @param by who allows it; null if that is not known
 * @returns the receipt; null if there is none
 */
export function uneraseProvider(
  dataSource: DataSource,
  erasureId: string,
  by: string | null,
): Promise<Erasure | null> {
  return inTransaction(dataSource, TIMEOUTS.statement, async ({ runner }) => {
    await runner.query('DELETE FROM suppressed_people WHERE erasure_id = $1', [erasureId]);
    await runner.query(
      'UPDATE erasures SET lifted_at = now(), lifted_by = $2 WHERE id = $1 AND lifted_at IS NULL',
      [erasureId, by],
    );
    return readErasure(runner, erasureId);
  });
}
