import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../../src/process/package-root';
import { loginStatement, roleStatements } from '../../../src/store/migrate/roles/role-statements';
import { scramVerifier } from '../../../src/store/migrate/roles/scram-verifier';
import { TABLE_GRANTS } from '../../../src/store/schema/grants';

describe('the rights of the roles', () => {
  it('are listed for every table that a migration creates', () => {
    const sources = readdirSync(join(PACKAGE_ROOT, 'src/store'), { recursive: true, encoding: 'utf8' })
      .filter((path) => /migrations\/\d+.*\.ts$/.test(path))
      .map((path) => readFileSync(join(PACKAGE_ROOT, 'src/store', path), 'utf8'));
    const created = sources.flatMap((source) =>
      [...source.matchAll(/CREATE TABLE (\w+)/g)].map(([, table]) => table),
    );
    expect(created.length).toBeGreaterThanOrEqual(5);
    expect(Object.keys(TABLE_GRANTS).sort()).toEqual(['schema_migrations', ...created].sort());
  });

  it('are given in statements that quote every name', () => {
    const names = { worker: `w"'name`, reader: `r"'name` };
    const place = { database: `d"'name`, schema: `s"'name`, owner: `o"'name` };
    const quoted = /"[wrdso]""'name"|'[wr]"''name'/g;
    const statements = roleStatements(names, place);
    expect(statements.filter((statement) => statement.replaceAll(quoted, '').includes(`'name`))).toEqual([]);
    expect(statements.join().match(quoted)?.length).toBeGreaterThan(statements.length);
  });
});

describe('the login of a role', () => {
  it('holds the verifier that Postgres stores, never the password', () => {
    // The example of RFC 7677.
    const verifier = scramVerifier('pencil', Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'));
    expect(loginStatement('w', verifier)).toBe(
      `ALTER ROLE "w" LOGIN PASSWORD 'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU='`,
    );
  });
});
