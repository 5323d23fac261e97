import type { DataSource } from 'typeorm';
import { listClinics } from '../../../src/store/directory/read-clinics';
import { listFacets } from '../../../src/store/directory/read-facets';
import { getProviderAsOf, listProviderChanges } from '../../../src/store/directory/read-provider-history';
import {
  findPossibleSamePersons,
  getProvider,
  listNewProviders,
  listProviders,
} from '../../../src/store/directory/read-providers';
import { listRejectedRecords } from '../../../src/store/directory/read-rejected-records';
import { readRunSeries, readStats } from '../../../src/store/directory/read-stats';
import { migrate } from '../../../src/store/migrate/migrate';
import { createDataSource } from '../../../src/store/postgres/data-source';
import { findFailingStreak } from '../../../src/store/runs/failing-streak';
import { getRun, listRecentRuns, listRuns } from '../../../src/store/runs/read-runs';
import { readCompleteUntil } from '../../../src/store/runs/read-version';
import { fillDirectory, type LivedIn } from '../../support/lived-in-directory';
import { provider, sync } from '../../support/store-fixtures';
import { createTestDatabase, type TestDatabase } from '../../support/test-database';

/** Settings that an operator or another program may have set for the database or the role. */
const HOSTILE: Record<string, string> = {
  DateStyle: 'German, DMY',
  IntervalStyle: 'sql_standard',
  TimeZone: 'Asia/Kolkata',
  bytea_output: 'escape',
  extra_float_digits: '-15',
  standard_conforming_strings: 'off',
  array_nulls: 'off',
  transform_null_equals: 'on',
  client_encoding: 'LATIN1',
  default_transaction_isolation: 'serializable',
  gin_fuzzy_search_limit: '1',
  statement_timeout: '5s',
  lock_timeout: '1s',
  idle_in_transaction_session_timeout: '1s',
};

const JUST_NOW = { givenName: 'Zoë', familyName: 'Łukasz-Ibañez', attributes: { npi: 7, tags: [null] } };

const THREE_DAYS_AGO = new Date(Date.now() - 3 * 86_400_000);

async function connect(url: string): Promise<DataSource> {
  return createDataSource({ url, applicationName: 'test', poolSize: 2 }).initialize();
}

/** Everything that this version can read, except values that depend on the time of the read. */
async function readAll(reader: DataSource, { runs, rejecting, changed }: LivedIn): Promise<object> {
  const page = { limit: 200 };
  const { items } = await listProviders(reader, { ...page, search: 'ibanez' });
  return {
    providers: await listProviders(reader, page),
    byChange: await listProviders(reader, { ...page, sort: '-lastChangedAt' }),
    since: await listProviders(reader, { ...page, changedSince: THREE_DAYS_AGO.toISOString() }),
    found: items,
    one: await getProvider(reader, changed),
    same: await findPossibleSamePersons(reader, changed),
    changes: await listProviderChanges(reader, { ...page, providerId: changed }),
    asOf: await getProviderAsOf(reader, changed, THREE_DAYS_AGO),
    came: await listNewProviders(reader, { ...page, runId: runs.succeeded }),
    clinics: await listClinics(reader, page),
    facets: await listFacets(reader),
    rejected: await listRejectedRecords(reader, { ...page, runId: rejecting }),
    runs: await listRuns(reader, page),
    recent: await listRecentRuns(reader, { partner: 'noteworth', count: 10 }),
    run: await getRun(reader, runs.failed),
    stats: await readStats(reader),
    series: await readRunSeries(reader, { days: 14 }),
    streak: await findFailingStreak(reader, 'noteworth', 2),
    completeUntil: typeof (await readCompleteUntil(reader)),
  };
}

describe('settings of a database or a role', () => {
  let database: TestDatabase;
  let neutral: DataSource;
  let livedIn: LivedIn;

  beforeAll(async () => {
    database = await createTestDatabase();
    neutral = await connect(database.url);
    await migrate(neutral);
    livedIn = await fillDirectory(neutral);
    const name = new URL(database.url).pathname.slice(1);
    for (const [setting, value] of Object.entries(HOSTILE)) {
      await database.administer(
        `ALTER DATABASE ${name} SET ${setting} = ${value.includes(',') ? value : `'${value}'`}`,
      );
    }
  });
  afterAll(async () => {
    await neutral.destroy();
    await database.drop();
  });

  it('do not change what is stored and read', async () => {
    const hostile = await connect(database.url);
    try {
      await sync(hostile, 'sample', [provider('just now', JUST_NOW)], 'westside');
      const { items } = await listProviders(hostile, { partner: 'westside', limit: 1 });
      expect(items).toMatchObject([JUST_NOW]);
      expect(await readAll(hostile, livedIn)).toEqual(await readAll(neutral, livedIn));
    } finally {
      await hostile.destroy();
    }
  });

  it('do not apply to a session, neither a new one nor one that has migrated', async () => {
    const differing = `SELECT name, setting FROM pg_settings WHERE lower(name) = ANY ($1) ORDER BY name`;
    const names = Object.keys(HOSTILE).map((name) => name.toLowerCase());
    const hostile = await connect(database.url);
    try {
      const settings = await hostile.query(differing, [names]);
      expect(settings).toEqual(await neutral.query(differing, [names]));
      await migrate(hostile);
      expect(await hostile.query(differing, [names])).toEqual(settings);
    } finally {
      await hostile.destroy();
    }
  });
});
