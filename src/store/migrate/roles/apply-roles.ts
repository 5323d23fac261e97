import { type DataSource, QueryFailedError, type QueryRunner } from 'typeorm';
import type { RolesConfig } from '../../../process/config/roles-config';
import { EXIT, ExpectedError } from '../../../process/expected-error';
import { STORE_ROLES } from '../../schema/grants';
import { underMigrationLock } from '../migration-lock';
import { loginStatement, type RoleNames, roleStatements, type TablePlace } from './role-statements';
import { scramVerifier } from './scram-verifier';

/** A role after its statements were executed. */
export interface AppliedRole {
  readonly name: string;
  readonly canLogIn: boolean;
}

const INSUFFICIENT_PRIVILEGE = '42501';

/**
 * Creates the roles, or corrects their rights, in one transaction. The tables must be there: migrate first.
 *
 * @throws ExpectedError if the role that migrates lacks the right to do so
 */
export function applyRoles(
  dataSource: DataSource,
  { names, passwords }: RolesConfig,
): Promise<AppliedRole[]> {
  return underMigrationLock(dataSource, async (runner) => {
    const place = await readPlace(runner);
    checkNames(names, place.owner);
    const logins = STORE_ROLES.flatMap((role) => {
      const password = passwords[role];
      return password === undefined ? [] : [loginStatement(names[role], scramVerifier(password))];
    });
    await inOneTransaction(runner, [...roleStatements(names, place), ...logins]);
    return runner.query(
      `SELECT rolname AS name, rolcanlogin AS "canLogIn" FROM pg_roles
       WHERE rolname = ANY ($1) ORDER BY array_position($1, rolname::text)`,
      [STORE_ROLES.map((role) => names[role])],
    );
  });
}

/** The statements of {@link applyRoles} as text, for an administrator to execute. Changes nothing. */
export async function printRoles(dataSource: DataSource, names: RoleNames): Promise<string> {
  const runner = dataSource.createQueryRunner();
  try {
    const place = await readPlace(runner);
    checkNames(names, place.owner);
    return roleStatements(names, place)
      .map((statement) => `${statement};`)
      .join('\n');
  } finally {
    await runner.release();
  }
}

async function readPlace(runner: QueryRunner): Promise<TablePlace> {
  const [place]: [TablePlace] = await runner.query(
    `SELECT current_database() AS database, current_schema() AS schema, current_user AS owner`,
  );
  return place;
}

function checkNames(names: RoleNames, owner: string): void {
  if (new Set([names.worker, names.reader, owner]).size === 3) return;
  throw new ExpectedError(
    `The worker's role (${names.worker}), the reader's role (${names.reader}) and the role of DATABASE_URL, which migrates (${owner}), must be three different roles.`,
  );
}

async function inOneTransaction(runner: QueryRunner, statements: readonly string[]): Promise<void> {
  await runner.startTransaction();
  try {
    for (const statement of statements) await runner.query(statement);
    await runner.commitTransaction();
  } catch (error) {
    // It fails only if the connection is lost. The error to report is the first one.
    await runner.rollbackTransaction().catch(() => undefined);
    if (!(error instanceof QueryFailedError) || error.driverError.code !== INSUFFICIENT_PRIVILEGE) {
      throw error;
    }
    throw new ExpectedError(
      `The role of DATABASE_URL may not create or change the roles (${error.message}). Let an administrator execute what \`migrate --roles --dry-run\` prints.`,
      EXIT.failed,
      { cause: error },
    );
  }
}
