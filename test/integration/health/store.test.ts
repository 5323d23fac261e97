import { randomUUID } from 'node:crypto';
import { Client as PostgresClient } from 'pg';
import { ask } from '../../support/api';
import { killCommands } from '../../support/command';
import { canFillDisk, fillDisk } from '../../support/full-disk';
import { codesOf, doctor, doctorReport, healthOf, startApiOf } from '../../support/health';
import { inScenario, type Scenario, until } from '../../support/scenario';

/*
 * A Postgres that responds, but cannot store a sync.
 */

afterAll(killCommands);

/** Starts the API on a new pool, for settings that apply to new sessions only. */
async function seen(scenario: Scenario, changes: Parameters<typeof startApiOf>[1] = {}) {
  const api = await startApiOf(scenario, changes);
  try {
    const html = await ask<string>(api, '/', { headers: { Accept: 'text/html' } });
    const ready = await ask<{ parts: { postgres: string } }>(api, '/readyz');
    return { health: await healthOf(api), html: html.body, ready };
  } finally {
    await api.close();
  }
}

/** Creates a role with the granted rights, and gives its address of the scenario's database. */
async function withRole(
  { administer, databaseUrl, dataSource }: Scenario,
  grants: readonly string[],
  test: (url: string, role: string) => Promise<void>,
): Promise<void> {
  const url = new URL(databaseUrl);
  const role = `role_${randomUUID().replaceAll('-', '')}`;
  await administer(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'`);
  for (const grant of grants) await dataSource.query(`GRANT ${grant} TO ${role}`);
  url.username = role;
  url.password = 'secret';
  try {
    await test(url.href, role);
  } finally {
    await dataSource.query(`DROP OWNED BY ${role}`);
    await administer(`DROP ROLE ${role}`);
  }
}

const nameOf = ({ databaseUrl }: Scenario) => new URL(databaseUrl).pathname.slice(1);

describe('a Postgres that takes no writes', () => {
  it(
    'is read-only for new sessions, which old ones do not notice',
    inScenario({}, async (scenario) => {
      await scenario.administer(`ALTER DATABASE ${nameOf(scenario)} SET default_transaction_read_only = on`);
      const { health, html, ready } = await seen(scenario);
      expect(health.status).toBe('failing');
      expect(codesOf(health)).toContain('store-read-only');
      expect(html).toContain('<h1>Postgres takes no writes: default_transaction_read_only');
      expect([ready.status, ready.body.parts.postgres]).toEqual([503, 'not writable']);
      const { code, text } = await doctor(scenario.env);
      expect(code).toBe(2);
      expect(text).toMatch(/^FAIL {2}Postgres .*takes no writes/m);
    }),
  );

  it(
    'is read-only for the role alone, which has all rights',
    inScenario({}, async (scenario) => {
      await withRole(scenario, ['ALL ON ALL TABLES IN SCHEMA public'], async (url, role) => {
        await scenario.administer(`ALTER ROLE ${role} SET default_transaction_read_only = on`);
        const { code, text, codes } = await doctor({ ...scenario.env, DATABASE_URL: url });
        expect(code).toBe(2);
        expect(codes.filter((name) => name.startsWith('store-'))).toEqual(['store-read-only']);
        expect(text).toMatch(/^FAIL {2}Postgres .*takes no writes: its sessions are read-only\./m);
      });
    }),
  );

  (canFillDisk ? it : it.skip)(
    'has no space on the disk of its tables',
    inScenario({}, async (scenario) => {
      const disk = await fillDisk(scenario);
      try {
        const { health, html } = await seen(scenario);
        expect(codesOf(health)).toContain('store-full');
        expect(html).toMatch(/<h1>Postgres cannot be written: .*53100/);
        expect((await doctorReport(scenario.env)).codes).toContain('store-full');
        await disk.clear();
        expect(codesOf((await seen(scenario)).health)).not.toContain('store-full');
      } finally {
        await disk.remove();
      }
    }),
  );
});

describe('a role without the rights that a worker needs', () => {
  const TABLES = 'ALL ON ALL TABLES IN SCHEMA public';

  it(
    'lacks TEMPORARY',
    inScenario({}, async (scenario) => {
      await scenario.dataSource.query(`REVOKE TEMPORARY ON DATABASE ${nameOf(scenario)} FROM PUBLIC`);
      await withRole(scenario, [TABLES], async (url, role) => {
        const { code, text, codes } = await doctor({ ...scenario.env, DATABASE_URL: url });
        expect(code).toBe(2);
        expect(codes.filter((name) => name.startsWith('store-'))).toEqual(['store-rights-missing']);
        expect(text).toContain(`The role ${role} lacks rights: TEMPORARY on the database.`);
      });
    }),
  );

  it(
    'may open no connection, and the advice is about connections',
    inScenario({}, async (scenario) => {
      await withRole(scenario, [TABLES], async (url, role) => {
        await scenario.administer(`ALTER ROLE ${role} CONNECTION LIMIT 0`);
        let report = await doctor({ ...scenario.env, DATABASE_URL: url });
        // On a busy machine Postgres may refuse later than the check waits.
        await until(async () => {
          if (report.text.includes('53300')) return true;
          report = await doctor({ ...scenario.env, DATABASE_URL: url });
          return false;
        });
        const { text, code } = report;
        expect(text).toMatch(/53300.*End connections that are not needed/);
        expect(text).not.toContain('Start Postgres');
        expect(code).toBe(2);
      });
    }),
  );

  it(
    'lacks a right on one table',
    inScenario({}, async (scenario) => {
      await withRole(scenario, [TABLES], async (url, role) => {
        await scenario.dataSource.query(`REVOKE UPDATE ON providers FROM ${role}`);
        const { text, code } = await doctor({ ...scenario.env, DATABASE_URL: url });
        expect(text).toContain(`The role ${role} lacks rights: UPDATE on providers.`);
        expect(code).toBe(2);
      });
    }),
  );

  it(
    'is accepted if it only reads, as the API may, with a note that the workers need more rights',
    inScenario({}, async (scenario) => {
      const reads = 'SELECT ON ALL TABLES IN SCHEMA public';
      await withRole(scenario, [reads], async (url, role) => {
        await scenario.administer(`ALTER ROLE ${role} SET default_transaction_read_only = on`);
        const { text, codes } = await doctor({ ...scenario.env, DATABASE_URL: url });
        expect(codes.filter((code) => code.startsWith('store-'))).toEqual([]);
        expect(text).toMatch(
          /^ok {4}Postgres .*can only read, so the rights of the workers are not checked/m,
        );
      });
    }),
  );

  it(
    'may not create the tables of a migration that is missing',
    inScenario({}, async (scenario) => {
      await scenario.dataSource.undoLastMigration();
      await withRole(scenario, [TABLES], async (url, role) => {
        const { text, code } = await doctor({ ...scenario.env, DATABASE_URL: url });
        expect(code).toBe(2);
        expect(text).toMatch(
          new RegExp(`^FAIL {2}Tables .*npx provider-sync migrate, with a role .*${role} may not`, 'm'),
        );
      });
    }),
  );
});

describe('a database with an encoding other than UTF8', () => {
  it(
    'is named by doctor',
    inScenario({}, async (scenario) => {
      const latin = `latin_${randomUUID().replaceAll('-', '')}`;
      await scenario.administer(
        `CREATE DATABASE ${latin} ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0`,
      );
      const url = new URL(scenario.databaseUrl);
      url.pathname = `/${latin}`;
      try {
        const { code, text } = await doctor({ ...scenario.env, DATABASE_URL: url.href });
        expect(code).toBe(2);
        expect(text).toMatch(/^FAIL {2}Postgres .*LATIN1.*UTF8/m);
      } finally {
        await scenario.administer(`DROP DATABASE ${latin} WITH (FORCE)`);
      }
    }),
  );
});

describe('the check of writing', () => {
  it(
    'leaves nothing in the database',
    inScenario({}, async (scenario) => {
      const client = new PostgresClient({ connectionString: scenario.databaseUrl });
      await client.connect();
      const relations = async () =>
        (await client.query('SELECT relname FROM pg_class ORDER BY relname')).rows.map(
          ({ relname }) => relname,
        );
      const before = await relations();
      await seen(scenario);
      expect(await relations()).toEqual(before);
      await client.end();
    }),
  );
});
