import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, isGrpcServiceError } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { SEARCH_ATTRIBUTES } from '../contract/names';
import { ExpectedError } from '../process/expected-error';
import type { Logger } from '../process/logger';
import { hasGrpcStatus } from './connection/grpc-status';

const NAMES = Object.values(SEARCH_ATTRIBUTES);
const { IndexedValueType } = temporal.api.enums.v1;
const KEYWORD = IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD;
/** The time a cluster may take until it accepts new search attributes. */
const USABLE_WITHIN_MS = 20_000;
const POLL_INTERVAL_MS = 200;
const PROBE_TIMEOUT_MS = 5_000;
/** How often a worker checks that the attributes are still there. */
const CHECK_EVERY_MS = 30_000;
/** What a Temporal answers that refuses to register them. */
const REFUSALS = [
  'INVALID_ARGUMENT',
  'PERMISSION_DENIED',
  'FAILED_PRECONDITION',
  'UNIMPLEMENTED',
  'UNAUTHENTICATED',
] as const;

/**
 * Registers the missing search attributes and waits until Temporal accepts them. Several workers may do this at the
 * same time.
 *
 * @returns whether runs can set them. If they are missing and cannot be registered, the log has the command for it
 * @throws ExpectedError if one of the names is registered with another type
 */
export async function registerSearchAttributes(client: Client, log: Logger): Promise<boolean> {
  const deadline = Date.now() + USABLE_WITHIN_MS;
  try {
    return await client.withDeadline(deadline, async () => {
      await registerMissing(client);
      while (!(await areUsable(client))) await sleep(POLL_INTERVAL_MS);
      return true;
    });
  } catch (error) {
    if (!isGrpcServiceError(error)) throw error;
    // A worker may not be allowed to change the namespace, as in Temporal Cloud, but the attributes may exist.
    const probe = () => areUsable(client).catch(() => false);
    if (await client.withDeadline(Date.now() + PROBE_TIMEOUT_MS, probe)) return true;
    warnOfMissing(client, log, error.details);
    return false;
  }
}

/**
 * Whether runs can set the search attributes, while a worker runs. A Temporal that lost them, such as a server that was
 * set up again, refuses every workflow task that sets one.
 */
export class SearchAttributes {
  private nextCheckAt = 0;

  /** @param registered whether the start of the worker found or registered them */
  constructor(
    private readonly client: Client,
    private readonly log: Logger,
    private registered: boolean,
  ) {}

  get usable(): boolean {
    return this.registered;
  }

  /**
   * Registers the attributes again if Temporal has lost them. Checks every 30 s, and sooner after it registered them. Runs
   * set them until Temporal refuses to register them.
   */
  async keep(): Promise<void> {
    if (Date.now() < this.nextCheckAt) return;
    this.nextCheckAt = Date.now() + CHECK_EVERY_MS;
    const usable = await this.ask(() => areUsable(this.client)).catch(() => null);
    if (usable) this.registered = true;
    if (usable === false) await this.registerAgain();
  }

  private async registerAgain(): Promise<void> {
    try {
      const added = await this.ask(() => registerMissing(this.client));
      this.nextCheckAt = 0;
      if (added) this.log.warn('Temporal had lost the search attributes; this worker registered them again');
    } catch (error) {
      if (!isRefusal(error)) return this.warnOfAttempt(error);
      if (this.registered) warnOfMissing(this.client, this.log, reasonOf(error));
      this.registered = false;
    }
  }

  /** After a timeout, for example, or if another worker registered them first, they are probably there soon. */
  private warnOfAttempt(error: unknown): void {
    this.log.warn(
      { reason: reasonOf(error) },
      `Temporal has lost the search attributes; this worker tries again in ${CHECK_EVERY_MS / 1000} s`,
    );
  }

  private ask<T>(question: () => Promise<T>): Promise<T> {
    return this.client.withDeadline(Date.now() + PROBE_TIMEOUT_MS, question);
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof ExpectedError || hasGrpcStatus(error, ...REFUSALS);
}

function reasonOf(error: unknown): string {
  return isGrpcServiceError(error) ? error.details : (error as Error).message;
}

function warnOfMissing(client: Client, log: Logger, reason: string): void {
  const flags = NAMES.map((name) => `--name ${name} --type Keyword`).join(' ');
  log.warn(
    { reason },
    `This worker could not register the search attributes, so that runs do not set them. Register them: temporal operator search-attribute create --namespace ${client.options.namespace} ${flags}`,
  );
}

/** @returns whether one was missing */
async function registerMissing(client: Client): Promise<boolean> {
  const { namespace } = client.options;
  const { operatorService } = client.connection;
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  for (const name of NAMES) {
    const type = customAttributes[name];
    if (type !== undefined && type !== KEYWORD) throw otherType(name, type, namespace);
  }
  const missing = NAMES.filter((name) => customAttributes[name] === undefined);
  if (missing.length === 0) return false;
  const searchAttributes = Object.fromEntries(missing.map((name) => [name, KEYWORD]));
  await operatorService.addSearchAttributes({ namespace, searchAttributes });
  return true;
}

/** The server refuses a query while it does not know a name in it. */
async function areUsable(client: Client): Promise<boolean> {
  const query = NAMES.map((name) => `${name} = 'none'`).join(' AND ');
  try {
    await client.workflowService.countWorkflowExecutions({ namespace: client.options.namespace, query });
    return true;
  } catch (error) {
    if (hasGrpcStatus(error, 'INVALID_ARGUMENT')) return false;
    throw error;
  }
}

function otherType(name: string, type: number, namespace: string): ExpectedError {
  const found = IndexedValueType[type]?.replace('INDEXED_VALUE_TYPE_', '').toLowerCase() ?? type;
  return new ExpectedError(
    `Temporal has the search attribute ${name} as ${found}, not as keyword. Remove it, so that the worker can register it again: temporal operator search-attribute remove --namespace ${namespace} --name ${name}`,
  );
}
