import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/process/config';
import { ExpectedError } from '../../src/process/expected-error';

export const DATABASE_URL = 'postgres://user:password@127.0.0.1:5432/directory';

let folder = '';

/** Gives each test of a file a new folder for state and secrets. Call it once in a file. */
export function useConfigFolder(): void {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'provider-sync-config-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
}

/** A path in the folder of the test; without a name, the folder itself. */
export function pathOf(name = ''): string {
  return join(folder, name);
}

/** Writes a file into the folder of the test, and returns its path. */
export function writtenFile(name: string, text: string): string {
  writeFileSync(pathOf(name), text);
  return pathOf(name);
}

/** An entry of PAYLOAD_KEYS. */
export function key(id: string, bytes = 32): string {
  return `${id}:${Buffer.alloc(bytes, id).toString('base64')}`;
}

/** Loads the configuration of a command that needs Postgres and Temporal; both are set unless the test changes them. */
export function load(env: NodeJS.ProcessEnv, options: { devKeys?: boolean; runningDev?: boolean } = {}) {
  return loadConfig(['databaseUrl', 'temporal'], {
    env: { DATA_DIR: pathOf(), DATABASE_URL, PAYLOAD_KEYS: key('k1'), ...env },
    ...options,
  });
}

/** The message with which the configuration is refused. */
export function refusal(env: NodeJS.ProcessEnv): string {
  try {
    load(env);
  } catch (error) {
    expect(error).toBeInstanceOf(ExpectedError);
    return (error as Error).message;
  }
  throw new Error('the configuration was accepted');
}
