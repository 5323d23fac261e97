import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { z } from 'zod';
import { partnerSchema } from '../../../src/partner/config/partner';
import { webhookSchema } from '../../../src/partner/config/webhook';
import { baseSchema } from '../../../src/process/config/base-config';
import { databaseSchema } from '../../../src/process/config/database-config';
import { httpSchema } from '../../../src/process/config/http-config';
import { rolesSchema } from '../../../src/process/config/roles-config';
import { temporalSchema } from '../../../src/process/config/temporal-config';
import { workerSchema } from '../../../src/process/config/worker-config';
import { PACKAGE_ROOT } from '../../../src/process/package-root';
import { describeKeys } from './describe-schema';
import { code, table } from './markdown';

/** The variables that the commands read, by subject. */
export const VARIABLES: Readonly<Record<string, z.ZodObject>> = {
  'Every command': baseSchema,
  Postgres: databaseSchema,
  Temporal: temporalSchema,
  'The API and the pages (`api`, `dev`)': httpSchema,
  'Workers (`worker`, `dev`)': workerSchema,
  'Roles in Postgres (`migrate --roles`)': rolesSchema.in,
};

/** One table of environment variables for each subject. */
export function variableTables(): string {
  return Object.entries(VARIABLES)
    .map(([subject, schema]) => {
      const rows = describeKeys(schema).map(({ name, fallback, description }) => [
        code(name),
        code((fallback ?? '').replace(`${PACKAGE_ROOT}/`, '')),
        description,
      ]);
      return `### ${subject}\n\n${table(['variable', 'default', 'meaning'], rows)}`;
    })
    .join('\n\n');
}

/** The variables that the partners.yaml of this repository reads. */
export function partnerVariableTable(): string {
  const { partners } = parse(readFileSync(join(PACKAGE_ROOT, 'partners.yaml'), 'utf8')) as {
    partners: Record<string, object>;
  };
  const rows = readersIn(partners).map(({ path, name, fallback }) => [
    code(name),
    code(fallback),
    code(path),
  ]);
  return table(['variable', 'default', 'key in `partners.yaml`'], rows);
}

/** Every key of a partner in partners.yaml. */
export function partnerKeyTable(): string {
  return keyTable(partnerSchema);
}

/** Every key of a receiver of webhooks in partners.yaml. */
export function webhookKeyTable(): string {
  return keyTable(webhookSchema);
}

function keyTable(schema: z.ZodObject): string {
  const rows = describeKeys(schema).map(({ name, form, fallback, isRequired, description }) => [
    code(name),
    form,
    isRequired ? 'required' : code(fallback ?? ''),
    description,
  ]);
  return table(['key', 'value', 'default', 'meaning'], rows);
}

function readersIn(node: unknown, path = ''): { path: string; name: string; fallback: string }[] {
  if (typeof node === 'string') {
    return [...node.matchAll(/\$\{([A-Z_]+)(?::-([^}]*))?\}/g)].map(([, name = '', fallback = '']) => ({
      path,
      name,
      fallback,
    }));
  }
  return Object.entries(node ?? {}).flatMap(([key, value]) =>
    readersIn(value, path ? `${path}.${key}` : key),
  );
}
