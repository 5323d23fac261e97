import pg, { type PoolClient } from 'pg';
import { StoreConnectionError } from './store-failure';

type Callback = Parameters<pg.Pool['connect']>[0];

/** A pool that reports every failed connection as one kind of error, so that none counts as a defect. */
class StorePool extends pg.Pool {
  override connect(): Promise<PoolClient>;
  override connect(callback: Callback): void;
  override connect(callback?: Callback): Promise<PoolClient> | undefined {
    if (!callback) {
      return super.connect().catch((error: unknown) => Promise.reject(new StoreConnectionError(error)));
    }
    super.connect((error, client, release) =>
      callback(error && new StoreConnectionError(error), client, release),
    );
    return undefined;
  }
}

/** pg as TypeORM uses it, with {@link StorePool} as its pool. */
export const STORE_DRIVER = { ...pg, Pool: StorePool };
