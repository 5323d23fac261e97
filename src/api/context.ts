import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Registry } from 'prom-client';
import type { OperationContext } from '../operations/context';
import type { Health } from '../operations/health/health';
import type { HttpConfig, TracingConfig } from '../process/config';
import type { CursorSeal } from './http/cursor-seal';

/** What the routes of all faces work with. */
export interface ApiContext extends OperationContext {
  readonly http: HttpConfig;
  readonly tracing: TracingConfig;
  readonly health: Health;
  readonly cursors: CursorSeal;
  /** The metrics of this process, which `/metrics` shows. */
  readonly metrics: Registry;
}

/** A Fastify instance whose routes infer their types from zod schemas. */
export type ZodApp = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;
