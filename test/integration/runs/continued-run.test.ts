import { stringify } from 'yaml';
import { findRun } from '../../../src/operations/find-run';
import { createLogger } from '../../../src/process/logger';
import { startSync } from '../../../src/temporal/runs/start-sync';
import { watchSync } from '../../../src/temporal/runs/watch-sync';
import { type Engine, startEngine } from '../../support/engine';
import { type OwnTemporal, startOwnTemporal } from '../../support/own-temporal';
import { type PagedPartner, pagedEntry, startPagedPartner } from '../../support/paged-partner';
import { until } from '../../support/scenario';
import { createDatabaseToMigrate, type TestDatabase } from '../../support/test-database';
import { useTraces } from '../../support/trace-sink';

const PAGES = 12;
const PAGE_SIZE = 10;

/* Temporal suggests early that a run continues as a new Temporal run. */
describe('a run that continued as new Temporal runs', () => {
  const traces = useTraces();
  let temporal: OwnTemporal;
  let partner: PagedPartner;
  let database: TestDatabase;
  let engine: Engine;
  beforeAll(async () => {
    temporal = await startOwnTemporal('limit.historyCount.suggestContinueAsNew=20');
    partner = await startPagedPartner(PAGES * PAGE_SIZE);
    database = await createDatabaseToMigrate();
    engine = await startEngine({
      databaseUrl: database.url,
      temporalAddress: temporal.address,
      taskQueue: 'provider-sync',
      partnersFile: stringify({ partners: { paged: pagedEntry(partner.url) } }),
      log: createLogger('silent'),
    });
  });
  afterAll(async () => {
    await engine?.stop();
    await partner?.close();
    await database?.drop();
    await temporal?.end();
  });

  it('is found by the id of each of them', async () => {
    const { client, dataSource, config } = engine;
    const handle = await startSync(client, config.taskQueue, { partner: 'paged', trigger: 'cli' });
    const outcome = await watchSync(handle, () => undefined);
    expect(outcome).toMatchObject({ status: 'succeeded', received: PAGES * PAGE_SIZE });

    const { workflowId } = handle;
    const chain = async () => {
      const ids: string[] = [];
      for await (const { runId } of client.workflow.list({ query: `WorkflowId = '${workflowId}'` })) {
        ids.push(runId);
      }
      return ids;
    };
    await until(async () => (await chain()).length >= 4);
    for (const temporalRunId of await chain()) {
      expect(await findRun({ client, dataSource }, temporalRunId)).toMatchObject({
        ...{ workflowId, status: 'succeeded', received: PAGES * PAGE_SIZE },
        callCounts: { total: PAGES + 2 },
      });
    }
  });

  it('has one trace, in which each of them is below the one before', async () => {
    const ofRuns = () => traces.spans.filter(({ name }) => name === 'RunWorkflow:syncProviders');
    await until(() => ofRuns().length >= 4);
    const runs = ofRuns().toSorted((a, b) => a.startedAt - b.startedAt);
    expect(new Set(runs.map(({ traceId }) => traceId)).size).toBe(1);
    expect(runs.slice(1).map(({ parent }) => parent)).toEqual(runs.slice(0, -1).map(({ id }) => id));
  });
});
