import type { OperationContext } from '../operations/context';
import type { Health } from '../operations/health/health';
import type { HttpConfig } from '../process/config';

/** What the routes of the API and the pages are made from. */
export interface ApiContext extends OperationContext {
  readonly http: HttpConfig;
  readonly health: Health;
}
