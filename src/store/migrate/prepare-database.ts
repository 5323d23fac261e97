import { QueryFailedError, type QueryRunner } from 'typeorm';
import { EXIT, ExpectedError } from '../../process/expected-error';
import { describeDatabaseFaults } from '../inspect/database-faults';

/** Postgres does not know the extension, its files are missing, or the role may not create it. */
const EXTENSION_UNAVAILABLE = ['0A000', '58P01', '42501'];

/**
 * Checks that the database can run the migrations, and creates the extension that they need.
 *
 * @throws ExpectedError that names what is missing
 */
export async function prepareDatabase(runner: QueryRunner): Promise<void> {
  const faults = await describeDatabaseFaults(runner);
  if (faults.length > 0) {
    throw new ExpectedError(faults.map(({ what, advice }) => `${what} ${advice}`).join(' '), EXIT.failed);
  }
  try {
    await runner.query(`CREATE EXTENSION IF NOT EXISTS pg_trgm`);
  } catch (error) {
    if (!(error instanceof QueryFailedError) || !EXTENSION_UNAVAILABLE.includes(error.driverError.code)) {
      throw error;
    }
    throw new ExpectedError(
      `The extension pg_trgm, which search needs, cannot be created (${error.message}): install PostgreSQL's contrib package, and let the owner of the database run CREATE EXTENSION pg_trgm.`,
      EXIT.failed,
      { cause: error },
    );
  }
}
