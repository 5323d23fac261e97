import type { DataSource } from 'typeorm';
import type { Decision } from '../../../src/contract/approval';
import { dismissRejected, reopenRejected } from '../../../src/store/directory/dismiss-rejected';
import { endSessions, findEndedSessions } from '../../../src/store/ended-sessions';
import { closeRun } from '../../../src/store/runs/close-run';
import { recordCancellation } from '../../../src/store/runs/operator-actions';
import { getRun } from '../../../src/store/runs/read-runs';
import { saveSync } from '../../../src/store/save/save-sync';
import { COLUMN_GRANTS, NEW_TABLE_GRANTS, TABLE_GRANTS } from '../../../src/store/schema/grants';
import type { Finished } from '../../support/command';
import { runHere } from '../../support/command-here';
import { rejectingSync, rejection } from '../../support/rejected';
import { pagedAnswer, stageRecords } from '../../support/staging';
import { answer, call, openedRun, provider, sync } from '../../support/store-fixtures';
import { createRolesDatabase } from '../../support/store-roles';
import { useOpened } from '../../support/use-opened';

const roles = useOpened(createRolesDatabase, (database) => database.close());

const DENIED = { driverError: { code: '42501' } };
/** The privileges of a role on each table, as Postgres reports them. */
const rightsOf = async (role: string) => {
  const rows: { table: string; rights: string[] }[] = await roles.owner.query(
    `SELECT relname AS table, array_agg(privilege ORDER BY privilege) AS rights
     FROM pg_class,
       unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) privilege
     WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
       AND has_table_privilege($1, oid, privilege)
     GROUP BY relname`,
    [role],
  );
  return Object.fromEntries(rows.map(({ table, rights }) => [table, rights]));
};
const listed = (role: 'worker' | 'reader') =>
  Object.fromEntries(
    Object.entries(TABLE_GRANTS)
      .map(([table, privileges]) => [table, [...privileges[role]].sort()] as const)
      .filter(([, privileges]) => privileges.length > 0),
  );

describe('the rights of the roles', () => {
  it('name every table', async () => {
    const tables: { tablename: string }[] = await roles.owner.query(
      `SELECT tablename FROM pg_tables WHERE schemaname = current_schema()`,
    );
    expect(Object.keys(TABLE_GRANTS).sort()).toEqual(tables.map(({ tablename }) => tablename).sort());
  });

  it.each(['worker', 'reader'] as const)('of the %s are exactly those listed', async (role) => {
    expect(await rightsOf(roles.names[role])).toEqual(listed(role));
  });

  it('are corrected when the roles are applied again', async () => {
    const { worker, reader } = roles.names;
    await roles.owner.query(`GRANT DELETE, TRUNCATE ON providers TO ${reader}`);
    await roles.owner.query(`REVOKE INSERT ON sync_runs FROM ${worker}`);
    await roles.apply();
    expect([await rightsOf(worker), await rightsOf(reader)]).toEqual([listed('worker'), listed('reader')]);
  });

  it('include the table of a later migration', async () => {
    await roles.owner.query('CREATE TABLE of_a_later_migration (id integer)');
    const rights = [await rightsOf(roles.names.worker), await rightsOf(roles.names.reader)];
    await roles.owner.query('DROP TABLE of_a_later_migration');
    expect(rights.map((each) => each.of_a_later_migration)).toEqual([
      [...NEW_TABLE_GRANTS.worker].sort(),
      [...NEW_TABLE_GRANTS.reader].sort(),
    ]);
  });

  it('give nothing to other roles of the server', async () => {
    const [rights] = await roles.owner.query(
      `SELECT
         has_database_privilege('pg_monitor', current_database(), 'CONNECT') AS connect,
         has_database_privilege('pg_monitor', current_database(), 'TEMPORARY') AS temporary,
         has_schema_privilege('pg_monitor', current_schema(), 'CREATE') AS create`,
    );
    expect(rights).toEqual({ connect: false, temporary: false, create: false });
  });
});

describe('the worker', () => {
  let worker: DataSource;
  beforeAll(async () => {
    worker = await roles.connect('worker');
  });

  it.each([
    'DROP TABLE providers',
    'ALTER TABLE providers ADD COLUMN x text',
    'TRUNCATE sync_runs CASCADE',
    'UPDATE provider_changes SET field = field',
    'CREATE TABLE mine (id integer)',
    'DELETE FROM schema_migrations',
    'CREATE ROLE another',
  ])('is refused: %s', async (statement) => {
    await expect(worker.query(statement)).rejects.toMatchObject(DENIED);
  });

  it('stages pages, saves them with twins and rejected records, and removes them', async () => {
    const rejected = { reason: 'NotAnObject', field: null, raw: '7' } as const;
    const pages = [
      [provider('staged'), provider('twin'), rejected],
      [provider('twin', { title: 'NP' }), provider('staged')],
    ];
    const runId = await openedRun(worker, { partner: 'staged' });
    await stageRecords(worker, runId, 1, pages[0] ?? [], { partner: 'staged' });
    for (const _ of [1, 2]) await stageRecords(worker, runId, 2, pages[1] ?? [], { partner: 'staged' });
    const saved = await saveSync(worker, {
      runId,
      partner: 'staged',
      feed: 'snapshot',
      answer: pagedAnswer(pages),
      calls: [call({ page: 2 })],
    });
    expect(saved).toMatchObject({ received: 5, inserted: 1, duplicates: 1, rejected: 3 });
    expect(await roles.owner.query('SELECT FROM staged_records')).toEqual([]);
  });

  it('holds a snapshot that needs approval, closes it when rejected, and applies it when approved', async () => {
    const people = Array.from({ length: 20 }, (_, number) => provider(`person ${number}`));
    await sync(worker, 'snapshot', people, 'held');
    const rejected = await openedRun(worker, { partner: 'held' });
    await saveHeld(rejected, null);
    await closeRun(worker, {
      runId: rejected,
      status: 'failed',
      failure: { type: 'SnapshotRejected', message: 'Rejected.' },
      calls: [],
    });
    expect(await getRun(worker, rejected)).toMatchObject({ status: 'failed' });
    const held = await saveHeld(await openedRun(worker, { partner: 'held' }), null);
    expect(held.stored).toMatchObject({ status: 'awaiting-approval' });
    const approval = { verdict: 'approved', by: 'zoe', reason: null, at: new Date().toISOString() } as const;
    expect((await saveHeld(held.runId, approval)).stored).toMatchObject({ departed: 19 });
  });

  const saveHeld = async (runId: string, approval: Decision | null) => ({
    runId,
    stored: await saveSync(worker, {
      runId,
      partner: 'held',
      feed: 'snapshot',
      answer: answer([provider('person 0')]),
      calls: [call()],
      rule: { maximumDeparted: 0.2, approveWithin: 60_000, approval },
    }),
  });
});

describe('the reader', () => {
  let reader: DataSource;
  beforeAll(async () => {
    reader = await roles.connect('reader');
  });

  const others = Object.keys(TABLE_GRANTS).filter(
    (table) => !['ended_sessions', 'operator_actions'].includes(table),
  );

  it.each(others)('cannot write into %s', async (table) => {
    for (const statement of [`INSERT INTO ${table} DEFAULT VALUES`, `DELETE FROM ${table}`]) {
      await expect(reader.query(statement)).rejects.toMatchObject(DENIED);
    }
  });

  it('records what an operator does to a run, and changes none of it', async () => {
    const runId = await openedRun(roles.owner, { partner: 'cancelling' });
    await recordCancellation(reader, runId, { by: 'zoe' });
    expect((await getRun(reader, runId))?.actions).toContainEqual(
      expect.objectContaining({ action: 'cancelled', by: 'zoe' }),
    );
    for (const statement of [`UPDATE operator_actions SET done_by = 'x'`, 'DELETE FROM operator_actions']) {
      await expect(reader.query(statement)).rejects.toMatchObject(DENIED);
    }
  });

  it('records that a session of the pages has ended', async () => {
    const expiresAt = new Date(Date.now() + 60_000);
    await endSessions(reader, [{ id: 'left', expiresAt }]);
    await endSessions(reader, [{ id: 'left', expiresAt: new Date(0) }]);
    expect(await findEndedSessions(reader, ['left', 'open'])).toEqual(new Set(['left']));
    await expect(reader.query(`UPDATE ended_sessions SET id = 'x'`)).rejects.toMatchObject(DENIED);
  });

  it('records what an operator decides about rejected records, and nothing else there', async () => {
    const runId = await rejectingSync(roles.owner, [rejection('a')], [], { partner: 'reading' });
    const selection = { runId, record: 1 };
    const decided = { selected: 1, changed: 1 };
    expect(await dismissRejected(reader, selection, { by: 'zoe', reason: 'Retired.' })).toEqual(decided);
    expect(await reopenRejected(reader, selection)).toEqual(decided);
    for (const column of ['raw', 'gone_by_run', 'resolved_by_run']) {
      const statement = `UPDATE rejected_records SET ${column} = NULL`;
      await expect(reader.query(statement)).rejects.toMatchObject(DENIED);
    }
  });

  it('loses other columns when the roles are applied again', async () => {
    const { reader: name } = roles.names;
    await roles.owner.query(`GRANT UPDATE (raw) ON rejected_records TO ${name}`);
    await roles.apply();
    const columns: { column_name: string }[] = await roles.owner.query(
      `SELECT column_name FROM information_schema.column_privileges
       WHERE grantee = $1 AND privilege_type = 'UPDATE' ORDER BY 1`,
      [name],
    );
    expect(columns.map(({ column_name }) => column_name)).toEqual(
      [...(COLUMN_GRANTS.reader.rejected_records ?? [])].sort(),
    );
  });

  it('cannot create a table, not even a temporary one', async () => {
    await expect(reader.query('CREATE TABLE mine (id integer)')).rejects.toMatchObject(DENIED);
    await expect(reader.query('CREATE TEMPORARY TABLE mine (id integer)')).rejects.toMatchObject(DENIED);
  });
});

const databaseName = () => new URL(roles.database.url).pathname.slice(1);

describe('provider-sync migrate --roles', () => {
  const names = { POSTGRES_WORKER_ROLE: '', POSTGRES_READER_ROLE: '' };
  const migrate = (flags: string[], env: NodeJS.ProcessEnv = {}): Promise<Finished> =>
    runHere(['migrate', '--roles', ...flags], { DATABASE_URL: roles.database.url, ...names, ...env });

  beforeAll(async () => {
    // Shows in what is stored whether the server made it from a password in plain text.
    await roles.owner.query(`ALTER DATABASE ${databaseName()} SET scram_iterations = 5000`);
    names.POSTGRES_WORKER_ROLE = `${roles.names.worker}_cli`;
    names.POSTGRES_READER_ROLE = `${roles.names.reader}_cli`;
  });
  afterAll(async () => {
    for (const name of Object.values(names)) {
      await roles.owner.query(`DROP OWNED BY ${name}`);
      await roles.owner.query(`DROP ROLE ${name}`);
    }
  });

  it('prints SQL that an administrator can execute, and changes nothing, with --dry-run', async () => {
    const { stdout, code } = await migrate(['--dry-run'], { POSTGRES_READER_PASSWORD: 'do-not-print-this' });
    expect([code, stdout.includes('do-not-print-this')]).toEqual([0, false]);
    const existing = `SELECT FROM pg_roles WHERE rolname = '${names.POSTGRES_WORKER_ROLE}'`;
    expect(await roles.owner.query(existing)).toHaveLength(0);
    await roles.owner.query(stdout);
    expect(await rightsOf(names.POSTGRES_WORKER_ROLE)).toEqual(listed('worker'));
  });

  it('creates the roles, and reports which cannot log in yet', async () => {
    const { stdout, code } = await migrate([], { POSTGRES_READER_PASSWORD: 'reads-with-this-1' });
    expect({ stdout, code }).toEqual({
      code: 0,
      stdout: [
        'Nothing to do: the tables are up to date.',
        `Role ${names.POSTGRES_WORKER_ROLE}: ready; it cannot log in. Set its password (see .env.example), or grant it to a role that can.`,
        `Role ${names.POSTGRES_READER_ROLE}: ready; it can log in.`,
        '',
      ].join('\n'),
    });
  });

  it('sends Postgres no password in plain text, since it may log statements', async () => {
    const [{ stored }]: [{ stored: string }] = await roles.owner.query(
      `SELECT rolpassword AS stored FROM pg_authid WHERE rolname = $1`,
      [names.POSTGRES_READER_ROLE],
    );
    expect(stored).toMatch(/^SCRAM-SHA-256\$4096:/);
  });

  it('refuses one role for two purposes', async () => {
    const { stderr, code } = await migrate([], { POSTGRES_WORKER_ROLE: names.POSTGRES_READER_ROLE });
    expect(code).toBe(2);
    expect(stderr).toContain('must be three different roles');
  });

  it('gives advice if the migrating role may not create roles', async () => {
    const limited = `${roles.names.worker}_ltd`;
    await roles.owner.query(`CREATE ROLE ${limited} LOGIN PASSWORD 'limited-1234567890'`);
    await roles.owner.query(`GRANT CONNECT ON DATABASE ${databaseName()} TO ${limited}`);
    await roles.owner.query(`GRANT SELECT ON schema_migrations TO ${limited}`);
    const url = new URL(roles.database.url);
    [url.username, url.password] = [limited, 'limited-1234567890'];
    const { stderr, code } = await migrate([], {
      DATABASE_URL: url.href,
      POSTGRES_WORKER_ROLE: 'not_there_yet',
    });
    await roles.owner.query(`DROP OWNED BY ${limited}`);
    await roles.owner.query(`DROP ROLE ${limited}`);
    expect([code, stderr]).toEqual([1, expect.stringContaining('migrate --roles --dry-run')]);
  });
});
