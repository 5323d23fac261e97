import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Partners } from '../../src/partner/config/partner';
import { readPartnersFile } from '../../src/partner/config/partners-file';
import { PACKAGE_ROOT } from '../../src/process/package-root';
import { FAMILY, type FamilyName } from '../../src/simulator/family/family';

/** The file that has all partners of the simulator. */
export const EXAMPLE_PARTNERS_FILE = join(PACKAGE_ROOT, 'docs/examples/partners.yaml');

/** The secrets that the simulator expects, by the variable that the file reads. */
export const EXAMPLE_SECRETS = {
  ACME_SECRET: FAMILY.acme.auth.clientSecret,
  COUNTY_KEY: FAMILY.county.auth.key,
  SIGNED_KEY: FAMILY.signed.auth.key,
} as const;

/** @returns the environment with which the file names the partners of this simulator */
export function exampleEnv(simulatorUrl: string): Record<string, string> {
  const names = Object.keys(FAMILY) as FamilyName[];
  return {
    NOTEWORTH_BASE_URL: simulatorUrl,
    ...Object.fromEntries(names.map((name) => [`${name.toUpperCase()}_URL`, `${simulatorUrl}/${name}`])),
    ...EXAMPLE_SECRETS,
  };
}

/** The content of the file with the addresses of this simulator in place of the variables. */
export function exampleFileAt(simulatorUrl: string): string {
  const env: Record<string, string> = exampleEnv(simulatorUrl);
  const text = readFileSync(EXAMPLE_PARTNERS_FILE, 'utf8');
  return text.replace(/\$\{(\w+)(?::-([^}]*))?\}/g, (_, name, fallback) => env[name] ?? fallback);
}

/** The partners of the file, at this simulator. */
export function examplePartners(simulatorUrl: string): Partners {
  return readPartnersFile(EXAMPLE_PARTNERS_FILE, exampleEnv(simulatorUrl));
}
