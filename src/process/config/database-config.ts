import { z } from 'zod';
import { SET_IT } from './base-config';

/** The address of Postgres. */
export const databaseSchema = z.object({
  DATABASE_URL: z
    .string(`is not set; ${SET_IT} to postgres://user:password@host:5432/database`)
    .refine(
      (text) => URL.canParse(text) && ['postgres:', 'postgresql:'].includes(new URL(text).protocol),
      'is not an address like postgres://user:password@host:5432/database',
    )
    .describe(
      'Postgres 13 or newer, with a database in the encoding UTF8 and any locale. Its extension `pg_trgm` must be installed or installable by the role of `migrate`.',
    ),
});
