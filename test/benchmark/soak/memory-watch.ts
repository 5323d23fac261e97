import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const INTERVAL_MS = 2_000;

/** A worker whose memory grows by more than this from the second third of a soak to the last is leaking. */
const GROWTH = 1.2;

/** Measures the resident memory of a process every two seconds. */
export class MemoryWatch {
  /** In MB. */
  private readonly sizes: number[] = [];
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly pid: () => number | null) {
    this.timer = setInterval(() => void this.look(), INTERVAL_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** The median size in each third of the watch, and the largest, in MB. */
  describe(): string {
    const thirds = this.thirds().map((size) => size.toFixed(0));
    return `${thirds.join(', ')}; most ${Math.max(0, ...this.sizes).toFixed(0)}`;
  }

  /** Whether it kept growing after the first third, in which a process fills its caches. */
  hasGrown(): boolean {
    const [, middle = 0, last = 0] = this.thirds();
    return last > middle * GROWTH;
  }

  private thirds(): number[] {
    const third = Math.ceil(this.sizes.length / 3);
    return [0, 1, 2].map((place) => median(this.sizes.slice(place * third, (place + 1) * third)));
  }

  private async look(): Promise<void> {
    const pid = this.pid();
    const megabytes = pid === null ? null : await residentMegabytes(pid);
    if (megabytes !== null) this.sizes.push(megabytes);
  }
}

/** Null if the process has ended. */
async function residentMegabytes(pid: number): Promise<number | null> {
  const text =
    process.platform === 'linux'
      ? await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
      : await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]).then(
          ({ stdout }) => `VmRSS: ${stdout.trim()} kB`,
          () => '',
        );
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(text) ?? [];
  return kilobytes === undefined ? null : Number(kilobytes) / 1024;
}

function median(sizes: readonly number[]): number {
  return [...sizes].sort((a, b) => a - b)[Math.floor(sizes.length / 2)] ?? 0;
}
