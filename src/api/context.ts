import type { Registry } from 'prom-client';
import type { OperationContext } from '../operations/context';
import type { Health } from '../operations/health/health';
import type { HttpConfig } from '../process/config';

/** What the routes of all faces work with. */
export interface ApiContext extends OperationContext {
  readonly http: HttpConfig;
  readonly health: Health;
  /** The metrics of this process, which `/metrics` shows. */
  readonly metrics: Registry;
}
