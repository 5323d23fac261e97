import type { FastifyInstance } from 'fastify';
import type { ApiContext } from '../../api/context';
import { within } from '../../operations/health/check';
import { healthVersion, RECENT_RUNS } from '../../operations/health/health';
import { readDirectory } from '../../operations/read-directory';
import { shareReading } from '../../operations/share-reading';
import { countChanges } from '../../store/directory/read-changes';
import { readRunSeries } from '../../store/directory/read-stats';
import { readRunCauses } from '../../store/runs/read-causes';
import { readRunsVersion } from '../../store/runs/read-version';
import { type DirectoryShown, Overview } from '../pages/overview';
import { startOf } from '../periods';
import { sendPage } from '../render';

const SERIES_DAYS = 14;
/** The page is shown without the directory if Postgres does not answer in this time. */
const DIRECTORY_MS = 5_000;
/** Seconds after which a browser without scripts loads the page again while the directory cannot be shown. */
const REFRESH_S = 5;

/** The overview. It works while Postgres or Temporal is down, and says so. */
export async function overviewRoutes(app: FastifyInstance, context: ApiContext): Promise<void> {
  const { dataSource, health, log } = context;

  const read = shareReading(async () => {
    // Read the version first, so that changes made while the page is built still trigger an update.
    const version = await readOrNull(readRunsVersion(dataSource));
    const reading = readShown();
    const [report, directory] = await Promise.all([health.report(reading), readOrNull(reading)]);
    return { version, report, directory };
  });

  app.get('/', async (request, reply) => {
    const { version, report, directory } = await read();
    const events = new URLSearchParams({ version: version ?? '', health: healthVersion(report) });
    return sendPage(
      request,
      reply,
      { title: 'Overview', ...(!directory && { refresh: REFRESH_S }) },
      <Overview
        health={report}
        directory={directory}
        events={`/events?${events}`}
        canOperate={request.role === 'operator'}
      />,
    );
  });

  async function readShown(): Promise<DirectoryShown> {
    // The usual time of the page of changes.
    const since = startOf('7d');
    const [reading, series, changes, causes] = await Promise.all([
      readDirectory(context, RECENT_RUNS),
      readRunSeries(dataSource, { days: SERIES_DAYS }),
      countChanges(dataSource, { since }),
      readRunCauses(dataSource, { startedAfter: startOf('24h') }),
    ]);
    return { ...reading, series, changes, causes };
  }

  /** Null if Postgres does not answer in time; the health report says why. */
  async function readOrNull<T>(reading: Promise<T>): Promise<T | null> {
    try {
      return await within(DIRECTORY_MS, () => reading);
    } catch (error) {
      log.warn({ reason: String(error) }, 'Reading the directory failed');
      return null;
    }
  }
}
