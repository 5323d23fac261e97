import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client as PostgresClient } from 'pg';
import { revertLastMigration } from '../../../src/store/migrate/revert-migration';
import { createDataSource } from '../../../src/store/postgres/data-source';
import { MIGRATIONS } from '../../../src/store/schema/migrations';
import { runCommand } from '../../support/command';
import {
  dataDir,
  empty,
  env,
  expectRefusal,
  NO_LISTENER,
  partnerUrl,
  run,
  useInstallation,
} from '../../support/installation';
import { createTestDatabase } from '../../support/test-database';

useInstallation();

describe('migrate', () => {
  it('creates the tables once', async () => {
    const fresh = await createTestDatabase();
    const once = await run('migrate', { DATABASE_URL: fresh.url });
    const twice = await run('migrate', { DATABASE_URL: fresh.url });
    await fresh.drop();
    expect(once).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Applied: \w+(, \w+)*\n$/) });
    expect(twice).toMatchObject({ code: 0, stdout: 'Nothing to do: the tables are up to date.\n' });
  });

  it('prints JSON', async () => {
    const fresh = await createTestDatabase();
    const json = async (args: string) =>
      JSON.parse((await run(`migrate --json ${args}`.trim(), { DATABASE_URL: fresh.url })).stdout);
    const once = await json('');
    const twice = await json('');
    const reverted = await json('--revert');
    const { sql } = await json('--roles --dry-run');
    await fresh.drop();
    expect(once).toEqual({ applied: MIGRATIONS.map(({ name }) => name), lookalikes: [] });
    expect(twice).toEqual({ applied: [], lookalikes: [] });
    expect(reverted).toEqual({ reverted: once.applied.at(-1) });
    expect(sql).toContain('CREATE ROLE');
  });

  it('reverts one migration, and deletes data only with --yes', async () => {
    const fresh = await createTestDatabase();
    const changes = { DATABASE_URL: fresh.url };
    expectRefusal(await run('migrate --yes', changes), '--yes is for --revert only');
    const nothing = await run('migrate --revert', changes);
    await run('migrate', changes);
    const unused = await run('migrate --revert', changes);
    await run('migrate', changes);
    const writer = new PostgresClient({ connectionString: fresh.url });
    await writer.connect();
    await writer.query(
      `INSERT INTO sync_runs (partner, trigger, status, workflow_id, run_id) VALUES ('a', 'cli', 'running', 'b', 'c')`,
    );
    await writer.end();
    const dataSource = await createDataSource({
      url: fresh.url,
      applicationName: 'test',
      poolSize: 1,
    }).initialize();
    for (const _ of MIGRATIONS.slice(1)) await revertLastMigration(dataSource, { losingData: true });
    await dataSource.destroy();
    const refused = await run('migrate --revert', changes);
    const agreed = await run('migrate --revert --yes', changes);
    await fresh.drop();

    expect(nothing).toMatchObject({ code: 0, stdout: 'Nothing to do: no migration has been applied.\n' });
    expect(unused).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Reverted: \w+\. /) });
    expectRefusal(refused, /Reverting \w+ would lose what is in the table sync_runs\..* add --yes/);
    expect(agreed).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Reverted: \w+\. /) });
  });
});

describe('doctor', () => {
  it('reports no fault in a working installation', async () => {
    const { code, stdout } = await run('doctor');
    expect(stdout).not.toContain('FAIL');
    const well = [...stdout.matchAll(/^ok {4}(.{13})/gm)].map(([, about = '']) => about.trim());
    // The directory depends on the runs of other tests.
    expect(well.filter((about) => about !== 'Directory')).toEqual([
      ...['Node', 'Configuration', 'Postgres', 'Tables', 'Temporal', 'Worker', 'Runs', 'Payload keys'],
      'Partner',
      'Webhooks',
    ]);
    expect(stdout).toMatch(/^WARN {2}Schedules .*schedules apply$/m);
    expect(code).toBe(0);
  });

  it('names each part that is broken, and what to do', async () => {
    const wrongPartners = join(dataDir, 'wrong.yaml');
    await writeFile(wrongPartners, 'partners: {}');
    const [away, unready, unset] = await Promise.all([
      run('doctor', {
        DATABASE_URL: `postgres://${NO_LISTENER}/x`,
        NOTEWORTH_BASE_URL: `http://${NO_LISTENER}`,
        TASK_QUEUE: randomUUID(),
      }),
      run('doctor', { DATABASE_URL: empty.url, PARTNERS_FILE: wrongPartners }),
      run('doctor', { PAYLOAD_KEYS: '' }),
    ]);
    expect([away.code, unready.code, unset.code]).toEqual([2, 2, 2]);
    expect(away.stdout).toMatch(/^FAIL {2}Postgres .*ECONNREFUSED.*DATABASE_URL/m);
    expect(away.stdout).toMatch(/^FAIL {2}Partner .*ECONNREFUSED/m);
    expect(away.stdout).toMatch(/^FAIL {2}Worker .*npx provider-sync worker/m);
    expect(away.stdout).toMatch(/^ok {4}Temporal /m);
    expect(unready.stdout).toMatch(/^FAIL {2}Tables .*npx provider-sync migrate/m);
    expect(unready.stdout).toMatch(/^FAIL {2}Partners .*wrong\.yaml has mistakes/m);
    expect(unset.stdout).toMatch(/^FAIL {2}Configuration [\s\S]*PAYLOAD_KEYS: is not set/m);
  });
});

describe('partners check', () => {
  it('connects to each partner', async () => {
    const [all, json, unknown, nameless] = await Promise.all([
      run('partners check'),
      run('partners check --json'),
      run('partners check other'),
      run('partners check --pages 2'),
    ]);
    const line = `ok    Partner       noteworth at ${partnerUrl} accepts connections\n`;
    expect(all).toMatchObject({ code: 0, stdout: line });
    expect(JSON.parse(json.stdout)).toMatchObject({
      status: 'ok',
      checks: [{ check: 'partners', findings: [] }],
    });
    expectRefusal(unknown, '"other" is none of: noteworth.');
    expectRefusal(nameless, 'need the name of a partner');
  });

  it('exits with 2 for a partner that cannot be reached, and for a mistake in the file', async () => {
    const wrongPartners = join(dataDir, 'mistaken.yaml');
    await writeFile(wrongPartners, 'partners: {}');
    const [away, mistaken] = await Promise.all([
      run('partners check', { NOTEWORTH_BASE_URL: `http://${NO_LISTENER}` }),
      run('partners check --json', { PARTNERS_FILE: wrongPartners }),
    ]);
    expect(away).toMatchObject({ code: 2, stdout: expect.stringMatching(/^FAIL {2}Partner .*ECONNREFUSED/) });
    expectRefusal(mistaken, 'mistaken.yaml has mistakes');
  });
});

describe('a command that cannot do its work', () => {
  it('exits with 2 and one line if the configuration is incomplete', async () => {
    const [keys, url] = await Promise.all([
      run('worker', { PAYLOAD_KEYS: '' }),
      run('runs list', { DATABASE_URL: '' }),
    ]);
    expectRefusal(keys, 'PAYLOAD_KEYS: is not set; set it to the keys');
    expectRefusal(url, 'DATABASE_URL: is not set; start `npm start`');
  });

  it('exits with 2 and one line if Postgres is unavailable or not migrated', async () => {
    const [away, unready] = await Promise.all([
      run('providers list', { DATABASE_URL: `postgres://user:hidden@${NO_LISTENER}/x` }),
      run('runs list', { DATABASE_URL: empty.url }),
    ]);
    expectRefusal(away, /ECONNREFUSED.*Start Postgres, or correct DATABASE_URL/);
    expect(away.stderr).not.toContain('hidden');
    expectRefusal(unready, /run `npx provider-sync migrate`/);
  });

  it('exits with 2 and one line if Temporal is unavailable or has no such namespace', async () => {
    const nowhere = { TEMPORAL_NAMESPACE: 'nowhere', LOG_LEVEL: 'silent' };
    const away = { TEMPORAL_ADDRESS: NO_LISTENER };
    const [sync, doctor, ...refused] = await Promise.all([
      run('sync', away),
      run('doctor', away),
      run('sync', nowhere),
      runCommand(['worker'], { ...env, ...nowhere }),
    ]);
    expectRefusal(
      sync,
      /Temporal at 127\.0\.0\.1:1 cannot be reached .* Start it \(npm start brings one\), .* TEMPORAL_ADDRESS/,
    );
    expect(doctor.stdout).toMatch(/^FAIL {2}Temporal .*TEMPORAL_ADDRESS/m);
    for (const command of refused) expectRefusal(command, /[Nn]amespace.*TEMPORAL_NAMESPACE/);
  });

  it('shows stacks only at the log level debug', async () => {
    const { code, stderr } = await run('runs list', {
      DATABASE_URL: `postgres://${NO_LISTENER}/x`,
      LOG_LEVEL: 'debug',
    });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^ +at /m);
    expect(stderr).toContain('caused by');
  });

  it('exits with 2 if its arguments are wrong', async () => {
    const misuses = [
      'nonsense',
      'sync --nonsense',
      'sync noteworth more',
      'runs',
      'runs show',
      'dev --port 1',
    ];
    for (const { code, stdout, stderr } of await Promise.all(misuses.map((args) => run(args)))) {
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(/^(error: |Usage: )/);
    }
  });
});
