import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client as PostgresClient } from 'pg';
import { stringify } from 'yaml';
import { type RunningCommand, startCommand } from './command';
import { type KillableServer, startKillableServer } from './killable-server';
import type { Moment, PageStrike } from './page-strikes';
import { type PagedOutcome, readLeft } from './paged-outcome';
import { PAGED_SIZE, type PagedPartner, pagedEntry, startPagedPartner } from './paged-partner';
import { readChain } from './run-chain';
import { type Scenario, type StartedRun, startScenario, until } from './scenario';
import { startTemporalGateway, type TemporalGateway } from './temporal-gateway';

const POLL_MS = 100;

interface PagedRunOptions {
  /** The pages of the answer. The last one is empty. */
  readonly pages: number;
  /** Values of Temporal's dynamic configuration, each as `key=JSON`. */
  readonly settings?: readonly string[];
  /** Milliseconds after which the run is given up. */
  readonly within?: number;
}

/** A run with many pages on servers of its own. Its worker, Postgres and Temporal can be killed at any page. */
export class PagedRun {
  private worker: RunningCommand | null = null;
  private readonly holders = new Set<string>();
  private readonly strikes: Promise<void>[] = [];
  /** Aborted by a strike that failed. */
  private readonly broken = new AbortController();
  private run: StartedRun | null = null;

  private constructor(
    readonly scenario: Scenario,
    readonly partner: PagedPartner,
    private readonly servers: Readonly<Record<'Postgres' | 'Temporal', KillableServer>>,
    /** From the worker to Temporal. */
    private readonly gateway: TemporalGateway,
    private readonly folder: string,
    private readonly options: PagedRunOptions,
  ) {}

  static async open(options: PagedRunOptions): Promise<PagedRun> {
    const [Postgres, Temporal] = await Promise.all([
      startKillableServer('postgres'),
      startKillableServer('temporal', options.settings),
    ]);
    const partner = await startPagedPartner((options.pages - 1) * PAGED_SIZE);
    const gateway = await startTemporalGateway({ to: Temporal.address });
    const scenario = await startScenario({ databaseUrl: Postgres.url, temporalAddress: Temporal.address });
    const folder = await mkdtemp(join(tmpdir(), 'provider-sync-paged-'));
    const partners = { noteworth: pagedEntry(partner.url) };
    await writeFile(join(folder, 'partners.yaml'), stringify({ partners }));
    return new PagedRun(scenario, partner, { Postgres, Temporal }, gateway, folder, options);
  }

  async close(): Promise<void> {
    await this.worker?.end('SIGKILL');
    this.gateway.close();
    await this.partner.close();
    await this.scenario.end();
    await Promise.all(Object.values(this.servers).map((server) => server.end()));
    await rm(this.folder, { recursive: true });
  }

  /** The numbers of all pages. */
  get pages(): readonly number[] {
    return Array.from({ length: this.options.pages }, (_, index) => index + 1);
  }

  /**
   * Starts the run and waits for its end.
   *
   * @param strikes at most one for each page; it begins in the first call for the page
   * @param onPage called in each call for a page
   * @throws Error if the run does not end in time
   */
  async complete(
    strikes: readonly PageStrike[],
    onPage: (page: number) => Promise<void> = async () => undefined,
  ): Promise<PagedOutcome> {
    const { scenario, partner } = this;
    const byPage = new Map(strikes.map((strike) => [strike.page, strike]));
    partner.onPage = async (page, nth) => {
      await this.watchHolder();
      await onPage(page);
      const strike = nth === 1 ? byPage.get(page) : undefined;
      if (strike === undefined) return 'ok';
      // A server is killed only after it has started again.
      await Promise.all(this.strikes);
      const struck = this.strike(strike);
      struck.catch((error) => this.broken.abort(error));
      this.strikes.push(struck);
      return strike.victim === 'worker' && strike.moment === 'called' ? 'hang' : 'ok';
    };
    await this.startWorker();
    this.run = await scenario.startRun();
    await this.waitForEnd();
    return this.readOutcome(this.run);
  }

  private async waitForEnd(): Promise<void> {
    const giveUp = Date.now() + (this.options.within ?? Number.POSITIVE_INFINITY);
    while (!(await this.hasEnded())) {
      if (Date.now() > giveUp) throw new Error(`No end after ${this.partner.calls.length} calls`);
      await sleep(POLL_MS, undefined, { signal: this.broken.signal });
    }
    await Promise.all(this.strikes);
  }

  private async readOutcome({ handle, run }: StartedRun): Promise<PagedOutcome> {
    const { scenario, partner, holders } = this;
    const { workflowId } = handle;
    const chain = await readChain(scenario.client, workflowId);
    const { status, id, failure } = await run();
    return {
      workflowId,
      status,
      failure: failure && `${failure.type}: ${failure.message}`,
      holders: [...holders].map((holder) => (holder === id ? 'the run' : holder)),
      temporalRuns: chain.length,
      mostCalls: Math.max(...this.pages.map((page) => partner.count(page))),
      authCalls: partner.count(null),
      ...(await readLeft(scenario.dataSource, partner, this.pages)),
    };
  }

  /** A strike at this moment of the page. It begins in a call for the page, before the answer. */
  private async strike({ page, victim, moment }: PageStrike): Promise<void> {
    const { gateway } = this;
    const release = await this.reach(page, moment);
    if (victim === 'worker') {
      await this.worker?.end('SIGKILL');
      gateway.reset();
      await this.startWorker();
    } else {
      const server = this.servers[victim];
      await server.kill();
      if (moment !== 'called') gateway.reset();
      await server.start();
    }
    await release?.();
  }

  /** Waits for the moment. The run then waits until the gateway is reset, or until the returned function is called. */
  private async reach(page: number, moment: Moment): Promise<(() => Promise<void>) | null> {
    const { gateway, scenario } = this;
    if (moment === 'called') return null;
    if (moment === 'continuing') {
      const lock = await this.lockClaim();
      await until(() => scenario.isWaiting('SET run_id'));
      return () => lock.end();
    }
    if (moment === 'staged') gateway.loseCalls('RespondActivityTaskCompleted');
    if (moment === 'between') gateway.loseAnswers('PollWorkflowTaskQueue');
    await until(() => this.isStaged(page, moment === 'between'));
    return null;
  }

  /** Locks the Temporal run id of the run, which its other steps do not change. */
  private async lockClaim(): Promise<PostgresClient> {
    const locker = new PostgresClient({ connectionString: this.scenario.databaseUrl });
    // Its server may be killed.
    locker.on('error', () => undefined);
    await locker.connect();
    await locker.query("BEGIN; SELECT id FROM sync_runs WHERE status = 'running' FOR KEY SHARE");
    return locker;
  }

  /** Whether the page is in Postgres, and whether Temporal has the result of its activity. */
  private async isStaged(page: number, isReported: boolean): Promise<boolean> {
    const [row]: [{ pages: number }] = await this.scenario.dataSource.query(
      'SELECT count(*)::integer AS pages FROM staged_pages',
    );
    if (row.pages < page) return false;
    if (!isReported) return true;
    const { raw } = (await this.run?.handle.describe()) ?? {};
    return raw?.pendingActivities?.length === 0;
  }

  private async startWorker(): Promise<void> {
    const { scenario, gateway, folder, options } = this;
    const env = {
      ...scenario.env,
      TEMPORAL_ADDRESS: gateway.address,
      PARTNERS_FILE: join(folder, 'partners.yaml'),
    };
    this.worker = startCommand(['worker'], env, options.within);
    await this.worker.says(/Worker ready/);
  }

  private async watchHolder(): Promise<void> {
    const running = await this.scenario.dataSource
      .query<{ id: string }[]>(`SELECT id FROM sync_runs WHERE status = 'running'`)
      // Postgres may have been killed.
      .catch(() => null);
    if (running) this.holders.add(running.map(({ id }) => id).join());
  }

  private async hasEnded(): Promise<boolean> {
    const { run } = this;
    try {
      const status = (await run?.run())?.status;
      return status !== 'running' && (await run?.handle.describe())?.status.name !== 'RUNNING';
    } catch {
      // A server was killed, or the run is not recorded yet.
      return false;
    }
  }
}
