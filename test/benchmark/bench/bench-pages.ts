import { generateKeySync } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { CursorSeal } from '../../../src/api/http/cursor-seal';
import { parsePartners } from '../../../src/partner/config/partners-file';
import type { TemporalConfig } from '../../../src/process/config';
import { connectClient } from '../../../src/temporal/connection/connection';
import { applySchedules } from '../../../src/temporal/schedules/apply-schedules';
import { startTestApi } from '../../support/api';
import { partnersFile } from '../../support/partners';
import { NEVER } from '../../support/schedules';
import type { BenchOptions } from './bench-options';
import { fillDirectory } from './fill-directory';
import { fillHistory, recordGoodRun, type Sights } from './fill-history';
import { WORDS } from './many-people';
import { interleave, median, timed } from './measure';
import { ms, type Report, whole } from './report';
import { startTemporal, withStore } from './servers';

const PARTNERS = ['noteworth', 'brightwater'];
const RUNS = 10_000;
const ROUNDS = { rounds: 30, warmUp: 3 };
const ROUNDS_AFTER_RUN = { rounds: 5 };

/** Measures each page of a large directory with a long history. */
export async function benchPages({ largest, log }: BenchOptions): Promise<Report> {
  return withStore(log, 8, async (bench) => {
    const { cleanup, dataSource } = bench;
    for (const partner of PARTNERS) await fillDirectory(dataSource, partner, largest / PARTNERS.length);
    const sights = await fillHistory(dataSource, PARTNERS, RUNS);

    const temporal: TemporalConfig = {
      connection: { address: await startTemporal(bench, log) },
      namespace: 'default',
      taskQueue: 'bench',
      payloadKeys: [{ id: 'bench', secret: generateKeySync('aes', { length: 256 }) }],
    };
    const client = await connectClient(temporal);
    cleanup.add('the client', () => client.connection.close());
    const schedule = { ...NEVER, jitter: undefined };
    const partners = parsePartners(partnersFile(PARTNERS.map((name) => [name, { schedule }])), {});
    await applySchedules(client, temporal.taskQueue, partners);
    const cursor = new CursorSeal(temporal.payloadKeys).seal(sights.cursor);
    const api = await startTestApi({ partners, dataSource, client, temporal });
    cleanup.add('the API', () => api.close());
    return {
      title: `Pages of ${whole(largest)} providers and ${whole(RUNS)} runs`,
      notes: [
        `Milliseconds from a request on 127.0.0.1 to the last byte of its HTML, ${ROUNDS.rounds} rounds through all pages; the goal is less than 50.`,
        `After a run: ${ROUNDS_AFTER_RUN.rounds} times the first request after a successful run. If it changed a provider, the counts over the whole directory are computed again.`,
      ],
      headings: ['', 'median', 'most', 'after an unchanged run', 'most', 'after a run with a change', 'most'],
      rows: await measurePages(api.url, dataSource, pagesOf({ ...sights, cursor })),
    };
  });
}

function pagesOf({ run, failedRun, provider, cursor }: Sights): Readonly<Record<string, string>> {
  return {
    overview: '/',
    providers: '/providers',
    'providers, latest changes first': '/providers?sort=-lastChangedAt',
    'providers, filtered': '/providers?partner=noteworth&title=PA&clinic=Bela+Clinic',
    'providers, filtered and searched': `/providers?partner=noteworth&title=PA&search=${WORDS['a frequent word']}`,
    ...Object.fromEntries(
      Object.entries(WORDS).map(([kind, word]) => [
        `providers, search of ${kind}`,
        `/providers?search=${word}`,
      ]),
    ),
    'provider with changes': `/providers/${provider}`,
    runs: '/runs',
    'runs, far back': `/runs?cursor=${cursor}`,
    'runs, failed ones of a partner': '/runs?partner=noteworth&status=failed',
    'run with changes and rejected records': `/runs/${run}`,
    'run that failed': `/runs/${failedRun}`,
    'rejected records': '/rejected-records',
    'rejected records of a partner, by reason': '/rejected-records?partner=noteworth&reason=TooLong',
    partners: '/partners',
  };
}

async function measurePages(
  url: string,
  dataSource: DataSource,
  pages: Readonly<Record<string, string>>,
): Promise<string[][]> {
  const asking = (before: () => Promise<unknown>) =>
    Object.fromEntries(
      Object.entries(pages).map(([name, path]) => [
        name,
        async () => {
          await before();
          return timed(() => askPage(`${url}${path}`));
        },
      ]),
    );
  const usual = await interleave(
    ROUNDS,
    asking(async () => undefined),
  );
  const afterRun = (updated: number) =>
    interleave(
      ROUNDS_AFTER_RUN,
      asking(() => recordGoodRun(dataSource, 'noteworth', updated)),
    );
  const all = [usual, await afterRun(0), await afterRun(1)];
  return Object.keys(pages).map((name) => [
    name,
    ...all.flatMap(({ [name]: took = [] }) => [ms(median(took)), ms(Math.max(...took))]),
  ]);
}

async function askPage(url: string): Promise<void> {
  const response = await fetch(url, { headers: { Accept: 'text/html' } });
  const html = await response.text();
  if (response.status !== 200 || !html.endsWith('</html>')) {
    throw new Error(`${url} answered ${response.status}: ${html.slice(0, 200)}`);
  }
}
