import { z } from 'zod';

/** The names of the roles of workers and readers in Postgres, and the passwords of those that can log in. */
export interface RolesConfig {
  readonly names: { readonly worker: string; readonly reader: string };
  readonly passwords: { readonly worker?: string; readonly reader?: string };
}

const roleName = z
  .string()
  .regex(/^[a-z_][a-z0-9_]{0,62}$/, 'is not a name of a role: at most 63 of a to z, 0 to 9 and _');
const rolePassword = z
  .string()
  .regex(/^[!-~]{16,200}$/, 'is not a password of 16 to 200 ASCII characters without blanks')
  .optional();

/** The variables of the roles. */
export const rolesSchema = z
  .object({
    POSTGRES_WORKER_ROLE: roleName
      .default('provider_sync_worker')
      .describe('The role of the workers, which `migrate --roles` creates.'),
    POSTGRES_WORKER_PASSWORD: rolePassword.describe(
      'Its password: 16 to 200 ASCII characters. Without it, the role cannot log in itself.',
    ),
    POSTGRES_READER_ROLE: roleName
      .default('provider_sync_reader')
      .describe('The role of the API and the pages, which `migrate --roles` creates.'),
    POSTGRES_READER_PASSWORD: rolePassword.describe('Its password, under the same rules.'),
  })
  .transform((env): RolesConfig => {
    const { POSTGRES_WORKER_PASSWORD: worker, POSTGRES_READER_PASSWORD: reader } = env;
    return {
      names: { worker: env.POSTGRES_WORKER_ROLE, reader: env.POSTGRES_READER_ROLE },
      passwords: { ...(worker && { worker }), ...(reader && { reader }) },
    };
  });
