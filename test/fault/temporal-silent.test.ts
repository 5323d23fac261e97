import { killCommands } from '../support/command';
import { inScenario } from '../support/scenario';
import { startWay } from '../support/way';

afterAll(killCommands);

describe('a worker that has lost Temporal', () => {
  it(
    'logs that once, and logs when Temporal answers again',
    inScenario({}, async (scenario) => {
      const address = scenario.env.TEMPORAL_ADDRESS ?? '';
      const way = await startWay(address);
      try {
        const worker = await scenario.startWorker(way.address);
        way.lead('127.0.0.1:1');
        way.reset();
        await worker.says(/Temporal does not answer; this worker gets no work/);
        way.lead(address);
        await worker.says(/Temporal answers again/);
        const { stderr } = await worker.end('SIGTERM');
        expect(stderr.match(/Temporal does not answer; this worker gets no work/g)).toHaveLength(1);
        // Lines of the SDK that differ only in numbers are logged once.
        const warnings = [...stderr.matchAll(/"level":40.*"component":"temporal".*"msg":"([^"]*)"/g)];
        const kinds = warnings.map(([, msg = '']) => msg.replace(/\d+/g, '#'));
        expect(kinds).toEqual([...new Set(kinds)]);
      } finally {
        way.close();
      }
    }),
    300_000,
  );
});
