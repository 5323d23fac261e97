import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The server's metric of its requests to its database. */
const METRIC = 'persistence_requests';
/** Each of these is one update that the server persists for a run. */
const UPDATES = ['CreateWorkflowExecution', 'UpdateWorkflowExecution'];

/** Counts what Temporal persists for runs, by its metrics. */
export class TemporalWrites {
  /** @param url of the metrics, in the format of Prometheus */
  constructor(private readonly url: string) {}

  /** @param dataDir of the dev server, whose log names the address of its metrics */
  static async ofDevServer(dataDir: string): Promise<TemporalWrites> {
    const log = await readFile(join(dataDir, 'temporal/server.log'), 'utf8');
    const [, port] = /Temporal Metrics: +http:\/\/localhost:(\d+)\/metrics/.exec(log) ?? [];
    if (port === undefined) throw new Error('The log of Temporal does not name the address of its metrics');
    return new TemporalWrites(`http://127.0.0.1:${port}/metrics`);
  }

  /** The updates of one run in the mean of several. */
  async perRun(runs: number, run: () => Promise<unknown>): Promise<number> {
    const before = await this.read();
    for (let number = 0; number < runs; number += 1) await run();
    return ((await this.read()) - before) / runs;
  }

  private async read(): Promise<number> {
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
