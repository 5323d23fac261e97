import { execFile } from 'node:child_process';
import { chown, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { ExpectedError } from '../process/expected-error';
import type { Command } from './server-process';

const run = promisify(execFile);

/** The account that PostgreSQL runs under and that its files belong to. */
export interface PostgresAccount {
  /** The command that runs the given program under the account. */
  command(file: string, args: readonly string[]): Command;
  /** Makes the account the owner of a file or directory. */
  own(path: string): Promise<void>;
}

/**
 * The account of the server. PostgreSQL refuses to run as root. Any other user runs it under the same account. Root
 * runs it as the owner of an existing cluster, as `postgres` if that user exists, or else as an account without rights.
 *
 * That account needs access to the programs and the data, which may be in a home directory closed to it. Then it gets
 * one of root's capabilities(7). `dac_read_search` is enough, but containers often have only `dac_override`.
 *
 * @throws ExpectedError if the account has no access even then
 */
export async function postgresAccount(options: {
  cluster: string;
  mustReach: readonly string[];
}): Promise<PostgresAccount> {
  if (process.getuid?.() !== 0) {
    return { command: (file, args) => ({ file, args }), own: async () => undefined };
  }
  const { uid, gid } = await serverUser(options.cluster);
  const own = (path: string) => chown(path, uid, gid);
  const plain = { own, command: (file: string, args: readonly string[]) => ({ file, args, uid, gid }) };
  // Without the bit, access(2) would deny what the capability allows.
  const identity = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--securebits=+no_setuid_fixup'];
  const lent = (capability: string) => ({
    own,
    command: (file: string, args: readonly string[]) => ({
      file: 'setpriv',
      args: [...identity, `--inh-caps=+${capability}`, `--ambient-caps=+${capability}`, file, ...args],
    }),
  });
  for (const account of [plain, lent('dac_read_search'), lent('dac_override')]) {
    if (await reachesAll(account, options.mustReach)) return account;
  }
  throw new ExpectedError(
    `PostgreSQL cannot run as root, and user ${uid} has no access to all of ${options.mustReach.join(', ')}: start as an ordinary user, move to a directory that others may enter (not /root), or set DATABASE_URL.`,
  );
}

async function serverUser(cluster: string): Promise<{ uid: number; gid: number }> {
  const owner = await stat(cluster).catch(() => null);
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  for (const name of ['postgres', 'nobody']) {
    const ids = await Promise.all([id('-u', name), id('-g', name)]).catch(() => null);
    if (ids) return { uid: ids[0], gid: ids[1] };
  }
  throw new ExpectedError(
    'PostgreSQL cannot run as root, and there is neither a user postgres nor a user nobody: start as an ordinary user, or set DATABASE_URL.',
  );
}

async function id(flag: '-u' | '-g', name: string): Promise<number> {
  const { stdout } = await run('id', [flag, name], { timeout: 5_000 });
  return Number.parseInt(stdout, 10);
}

/** Tries the access, because the modes of directories do not show all rules. */
async function reachesAll(account: PostgresAccount, paths: readonly string[]): Promise<boolean> {
  const script = 'for path; do test -x "$path" || exit 1; done';
  const { file, args, ...user } = account.command('/bin/sh', ['-c', script, 'sh', ...paths]);
  return run(file, [...args], { ...user, cwd: '/', timeout: 5_000 }).then(
    () => true,
    () => false,
  );
}
