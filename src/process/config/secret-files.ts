import { readFileSync } from 'node:fs';
import { SECRETS } from '../secret-variables';

/**
 * The environment with each secret read from the file that `NAME_FILE` names.
 *
 * @param mistakes collects the secrets that cannot be read
 */
export function readSecretFiles(given: NodeJS.ProcessEnv, mistakes: string[]): NodeJS.ProcessEnv {
  const env = { ...given };
  for (const name of SECRETS) {
    const path = env[`${name}_FILE`];
    if (path === undefined) continue;
    delete env[`${name}_FILE`];
    if (env[name] !== undefined) {
      mistakes.push(`${name}: is set, and ${name}_FILE too; keep one of them`);
      continue;
    }
    try {
      env[name] = readFileSync(path, 'utf8').trim();
    } catch (error) {
      mistakes.push(`${name}_FILE: ${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
    }
  }
  return env;
}
