import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** The facts that distinguish a process from a later one with the same pid. */
export interface ProcessInfo {
  /** An opaque text that does not change during the life of the process. */
  readonly startedAt: string;
  /** The command line, its arguments joined by blanks. */
  readonly command: string;
}

/** Finds a process by its pid. Null if it does not exist or is a zombie. */
export async function readProcess(pid: number): Promise<ProcessInfo | null> {
  return process.platform === 'linux' ? readFromProc(pid) : readFromPs(pid);
}

/** Slim Linux images have no `ps`, but all have /proc; its fields are described in proc(5). */
async function readFromProc(pid: number): Promise<ProcessInfo | null> {
  try {
    const [stat, commandLine] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
    ]);
    // The second field is the program's name in brackets and may hold anything, so count from its end.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, startedAt] = [fields[0], fields[19]];
    if (state === 'Z' || state === 'X' || startedAt === undefined) return null;
    return { startedAt, command: commandLine.replaceAll('\0', ' ') };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return null;
    throw error;
  }
}

async function readFromPs(pid: number): Promise<ProcessInfo | null> {
  const ps = promisify(execFile)('ps', ['-ww', '-o', 'state=,lstart=,command=', '-p', String(pid)], {
    env: { ...process.env, LC_ALL: 'C' },
    timeout: 5_000,
  });
  const output = await ps.catch((error: { code?: unknown }) => {
    if (error.code === 1) return { stdout: '' };
    throw error;
  });
  const found = /^(\S+)\s+((?:\S+\s+){4}\S+)\s+(.*)$/s.exec(output.stdout.trim());
  const [, state, startedAt, command] = found ?? [];
  if (state?.startsWith('Z') || startedAt === undefined || command === undefined) return null;
  return { startedAt, command: `${command} ` };
}
