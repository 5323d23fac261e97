import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The server's metric of its requests to its database. */
const METRIC = 'persistence_requests';
/** Each of these is one update that the server persists for a run. */
const UPDATES = ['CreateWorkflowExecution', 'UpdateWorkflowExecution'];

/** The server updates its metrics about once a second. */
const REPORTED_WITHIN_MS = 3_000;

/** Counts what Temporal persists for runs, by its metrics. */
export class TemporalWrites {
  /** @param url of the metrics, in the format of Prometheus */
  constructor(private readonly url: string) {}

  /** @param dataDir of the dev server, whose log names the address of its metrics */
  static async ofDevServer(dataDir: string): Promise<TemporalWrites> {
    for (let tries = 0; tries < 100; tries += 1) {
      const log = await readFile(join(dataDir, 'temporal/server.log'), 'utf8');
      const [, port] = /Temporal Metrics: +http:\/\/localhost:(\d+)\/metrics/.exec(log) ?? [];
      if (port !== undefined) return new TemporalWrites(`http://127.0.0.1:${port}/metrics`);
      // The server works before it writes this.
      await sleep(100);
    }
    throw new Error('The log of Temporal does not name the address of its metrics');
  }

  /** The updates of one run in the mean of several. */
  async perRun(runs: number, run: () => Promise<unknown>): Promise<number> {
    const before = await this.read();
    for (let number = 0; number < runs; number += 1) await run();
    return ((await this.read()) - before) / runs;
  }

  private async read(): Promise<number> {
    await sleep(REPORTED_WITHIN_MS);
    const answer = await fetch(this.url);
    const lines = (await answer.text()).split('\n').filter((line) => line.startsWith(`${METRIC}{`));
    const counted = lines.filter(
      (line) =>
        line.includes('namespace="default"') &&
        UPDATES.some((operation) => line.includes(`operation="${operation}"`)),
    );
    return counted.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  }
}
