import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';

const LSOF_WITHIN_MS = 5_000;

/** The TCP ports on which a process, or another one of the process group that it leads, listens at an IPv4 address. */
export async function listeningPorts(pid: number): Promise<number[]> {
  return process.platform === 'linux' ? listFromProc(pid) : listFromLsof(pid);
}

/** Slim Linux images have no `lsof`, but all have /proc; its fields are described in proc(5) and tcp(7). */
async function listFromProc(pid: number): Promise<number[]> {
  const [sockets, table] = await Promise.all([
    groupOf(pid).then((pids) => Promise.all(pids.map(openFiles))),
    readFile('/proc/net/tcp', 'utf8'),
  ]);
  const ours = new Set(sockets.flat());
  return table.split('\n').flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const [address, state, inode] = [fields[1], fields[3], fields[9]];
    const isOurs = state === '0A' && ours.has(`socket:[${inode}]`);
    return isOurs ? [Number.parseInt(address?.split(':')[1] ?? '', 16)] : [];
  });
}

/** A program may be a script that starts the server as a process of its own. */
async function groupOf(leader: number): Promise<number[]> {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0);
  const isInGroup = await Promise.all(
    pids.map(async (pid) => pid === leader || (await groupId(pid)) === leader),
  );
  return pids.filter((_, index) => isInGroup[index]);
}

async function groupId(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The second field is the program's name in brackets and may hold anything, so count from its end.
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);
}

/** Nothing if the process ended or belongs to another account. */
async function openFiles(pid: number): Promise<string[]> {
  const names = await readdir(`/proc/${pid}/fd`).catch(() => []);
  return Promise.all(names.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')));
}

async function listFromLsof(leader: number): Promise<number[]> {
  const args = ['-nP', '-a', '-g', String(leader), '-i4TCP', '-sTCP:LISTEN', '-Fn'];
  const lsof = promisify(execFile)('lsof', args, { timeout: LSOF_WITHIN_MS });
  const { stdout } = await lsof.catch((error: { code?: unknown }) => {
    // It found nothing.
    if (error.code === 1) return { stdout: '' };
    throw error;
  });
  return [...stdout.matchAll(/^n.*:(\d+)$/gm)].map(([, port]) => Number(port));
}
