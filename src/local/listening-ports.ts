import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const LSOF_WITHIN_MS = 5_000;

/**
 * The TCP ports on which a process, or another one of the process group that it leads, listens at an IPv4 address; null
 * if this machine does not tell.
 */
export async function listeningPorts(pid: number): Promise<number[] | null> {
  return process.platform === 'linux' ? listFromProc(pid) : listFromLsof(pid);
}

/**
 * Like {@link listeningPorts}. Slim Linux images have no `lsof`, but all have /proc; its fields are described in proc(5)
 * and tcp(7).
 */
export async function listFromProc(leader: number, proc = '/proc'): Promise<number[] | null> {
  try {
    const files = await groupOf(leader, proc).then((pids) =>
      Promise.all(pids.map((pid) => openFiles(pid, proc))),
    );
    const table = await readFile(join(proc, 'net/tcp'), 'utf8');
    const ours = new Set(files.flat());
    return table.split('\n').flatMap((line) => {
      const fields = line.trim().split(/\s+/);
      const [address, state, inode] = [fields[1], fields[3], fields[9]];
      const isOurs = state === '0A' && ours.has(`socket:[${inode}]`);
      return isOurs ? [Number.parseInt(address?.split(':')[1] ?? '', 16)] : [];
    });
  } catch {
    return null;
  }
}

/** The processes of the group that have not ended. A program may be a script that starts the server as another process. */
async function groupOf(leader: number, proc: string): Promise<number[]> {
  const pids = (await readdir(proc)).map(Number).filter((pid) => pid > 0);
  const isInGroup = await Promise.all(
    pids.map(async (pid) => {
      const { state, group } = await statusOf(pid, proc);
      // The files of a process that ended, but is still listed, cannot be read.
      return state !== 'Z' && (pid === leader || group === leader);
    }),
  );
  return pids.filter((_, index) => isInGroup[index]);
}

async function statusOf(pid: number, proc: string) {
  const stat = await readFile(join(proc, String(pid), 'stat'), 'utf8').catch(() => '');
  // The second field is the program's name in brackets and may hold anything, so count from its end.
  const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state, group: Number(group) };
}

/**
 * Nothing if the process ended.
 *
 * @throws an error of Node if its files cannot be listed
 */
async function openFiles(pid: number, proc: string): Promise<string[]> {
  const folder = join(proc, String(pid), 'fd');
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return [];
    throw error;
  });
  return Promise.all(names.map((name) => readlink(join(folder, name)).catch(() => '')));
}

/** Like {@link listeningPorts}, as `lsof` says. */
export async function listFromLsof(leader: number, lsof = 'lsof'): Promise<number[] | null> {
  const args = ['-nP', '-a', '-g', String(leader), '-i4TCP', '-sTCP:LISTEN', '-Fn'];
  const listed = promisify(execFile)(lsof, args, { timeout: LSOF_WITHIN_MS });
  const stdout = await listed.then(
    (ended) => ended.stdout,
    // Code 1 means that it could not list everything, or that there is nothing.
    (error: { code?: unknown; stdout?: string }) => (error.code === 1 ? (error.stdout ?? '') : null),
  );
  return stdout === null ? null : [...stdout.matchAll(/^n.*:(\d+)$/gm)].map(([, port]) => Number(port));
}
