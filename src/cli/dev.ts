import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import type { Command } from 'commander';
import { readPartnersFile } from '../partner/config/partners-file';
import { type BaseConfig, loadConfig, type Needs } from '../process/config';
import { createLogger, type Logger } from '../process/logger';
import { outside } from '../process/outside';
import { type Cleanup, runUntilStopped } from '../process/shutdown';
import { usingTemporal } from '../temporal/connection/using-temporal';
import { type SyncHandle, startSync } from '../temporal/runs/start-sync';
import { watchSync } from '../temporal/runs/watch-sync';
import { startTracing } from '../temporal/tracing/tracing';
import type { runWorker } from '../worker/run-worker';
import type { installTemporalRuntime } from '../worker/worker';
import { bringUp, holdDataDir } from './bring-up';
import { createProgress, type Progress, say } from './output';
import { provideSchedules } from './provide-schedules';
import { PARTNER_URL } from './provide-servers';
import { describeOutcome } from './watch-run';

/** The first answers of the simulated partner, so that a newcomer's first run shows retries and succeeds. */
const FIRST_ANSWERS = { auth: ['error500', 'ok'], providers: ['cut', 'ok'] } as const;

const loadRuntime = (): typeof installTemporalRuntime => require('../worker/worker').installTemporalRuntime;
const loadRunWorker = (): typeof runWorker => require('../worker/run-worker').runWorker;

/** `dev` */
export function devCommand(command: Command): void {
  command.action(async () => {
    const base = loadConfig(['worker'], { runningDev: false });
    const log = createLogger(base.logLevel);
    await runUntilStopped(log, (cleanup, stop) => dev(base, log, cleanup, stop));
  });
}

async function dev(base: BaseConfig, log: Logger, cleanup: Cleanup, stop: Promise<unknown>): Promise<void> {
  startTracing('dev', base, log, cleanup);
  await holdDataDir(base, cleanup);
  const startUp = reportStartUp(log, base);
  cleanup.add('the line about the start', () => startUp.end());
  const servers = await bringUp(base, log, cleanup, {
    binDir: join(base.dataDir, 'bin'),
    simulator: { script: FIRST_ANSWERS },
    report: startUp.show,
    loads: [loadRuntime, loadRunWorker],
  });
  const { config, variables } = servers;
  startUp.show('Starting the worker, the API and the pages, and a first sync of each partner');
  // A version would first have to be made current.
  const worker = { ...config.worker, version: null };
  loadRuntime()(log, config.worker.metricsAddress);
  const { ended, starter } = await loadRunWorker()({ ...config, worker }, log, cleanup, stop);
  const works = Promise.all([
    ended,
    Promise.all([
      servers.serve(stop, starter),
      provideSchedules(config, log),
      firstSyncs({ ...config, starter }, log, cleanup, startUp),
    ]).then(([{ url }, schedule, outcome]) => {
      startUp.end();
      const partnerUrl = variables.includes(PARTNER_URL) ? config.env[PARTNER_URL] : undefined;
      say(closingLines(config, { url, schedule, partnerUrl, outcome }));
    }),
  ]);
  await Promise.race([works, servers.lost]);
}

/**
 * Reports the start: on a terminal in one line that is updated, without the log below warnings; elsewhere in the log.
 * A LOG_LEVEL that the user sets always applies.
 */
function reportStartUp(log: Logger, { env, logLevel }: BaseConfig): Progress {
  const isTerminal = outside().stderr.isTTY;
  if (!isTerminal || env.LOG_LEVEL) return { show: (line) => log.info(line), end: () => undefined };
  const progress = createProgress();
  log.level = 'warn';
  return {
    show: progress.show,
    end: () => {
      progress.end();
      log.level = logLevel;
    },
  };
}

interface StartedDev {
  readonly url: string;
  readonly schedule: string;
  readonly partnerUrl: string | undefined;
  readonly outcome: string;
}

/** The last lines of the start: the address of the pages first, then the first syncs, other addresses and commands. */
function closingLines(
  { databaseUrl, temporal, http }: Pick<Needs, 'databaseUrl' | 'temporal' | 'http'>,
  { url, schedule, partnerUrl, outcome }: StartedDev,
): string {
  const { host, pathname } = new URL(databaseUrl);
  const places = [
    ['API', `${url}/docs`],
    ['Postgres', `${host}${pathname}`],
    ['Temporal', temporal.connection.address],
    ['Temporal UI', http.temporalUiUrl ?? 'the UI of your Temporal'],
    ['Codec', `${url}/codec`],
    ['Partner', partnerUrl ?? 'see partners.yaml'],
    ['Schedule', schedule],
    ['List providers', 'npx provider-sync providers list'],
    ['Run a sync', 'npx provider-sync sync'],
    ['Check health', 'npx provider-sync doctor'],
    ['Stop', 'Ctrl-C; the data is kept'],
  ];
  const line = ([name = '', place = '']: readonly string[]) => `  ${name.padEnd(16)}${place}`;
  return `\n${line(['Pages', url])}\n\n${outcome}\n\n${places.map(line).join('\n')}\n`;
}

/** Runs a sync of each partner, and reports how each went. */
async function firstSyncs(
  config: BaseConfig & Pick<Needs, 'databaseUrl' | 'temporal'> & { readonly starter: Client },
  log: Logger,
  cleanup: Cleanup,
  startUp: Progress,
): Promise<string> {
  const watching = new AbortController();
  const partners = readPartnersFile(config.partnersFile, config.env);
  const ended = usingTemporal(config.temporal, async (client) => {
    const { taskQueue } = config.temporal;
    const syncs = [...partners.keys()].map(async (partner) => {
      const { workflowId } = await startSync(config.starter, taskQueue, { partner, trigger: 'dev' });
      const handle: SyncHandle = client.workflow.getHandle(workflowId);
      const lines = log.child({ partner });
      const show = (line: string) => {
        if (lines.isLevelEnabled('info')) lines.info(line);
        else startUp.show(`Sync of ${partner}: ${line}`);
      };
      const outcome = await watchSync(handle, show, watching.signal);
      return describeOutcome(partner, handle.workflowId, outcome);
    });
    // Wait for all of them before the connection is closed.
    await Promise.allSettled(syncs);
    return (await Promise.all(syncs)).join('\n');
  });
  cleanup.add('watching the first syncs', async () => {
    watching.abort();
    // Stop watching before Temporal stops; the caller gets the outcome.
    await Promise.allSettled([ended]);
  });
  return ended;
}
