import { checksum } from '../../../src/simulator/simulated-partner';
import { createDataConverter } from '../../../src/temporal/payloads/data-converter';
import { dumpTables } from '../../support/dump-tables';
import { EXAMPLE_SECRETS } from '../../support/example-partners';
import type { RawHistory } from '../../support/raw-history';
import { readChain } from '../../support/run-chain';
import { attributeCalls, readBegunCalls } from './begun-calls';
import { checkDirectory } from './check-directory';
import { checkHistories } from './check-histories';
import { checkLeaks, type Traces } from './check-leaks';
import { checkLogs } from './check-logs';
import { checkCalls, checkEnds, readLedger, readRuns } from './check-runs';
import { checkWebhooks } from './check-webhooks';
import { keepTraces } from './keep-traces';
import type { Stage } from './stage';
import { type Line, never } from './table';
import { persistently } from './temporal-patience';

/**
 * Reads everything that is stored and compares it with the answers that the partners served.
 *
 * @param keep a folder that keeps logs, tables and histories
 */
export async function checkStage(stage: Stage, keep: string | undefined): Promise<Line[]> {
  const { client, dataSource, lanes, tokens, config } = stage;
  const statuses = new Map<string, string>();
  const histories: RawHistory[] = [];
  for (const { workflowId } of lanes.flatMap(({ started }) => started)) {
    const { status } = await persistently(() => client.workflow.getHandle(workflowId).describe());
    statuses.set(workflowId, status.name);
    histories.push(...(await persistently(() => readChain(client, workflowId))));
  }
  const runs = await readRuns(dataSource);
  const workerLogs = [stage.steady, ...stage.mortals].map(({ log }) => log);
  const begun = workerLogs.flatMap(readBegunCalls);
  const arrived = lanes.flatMap(({ options: { partner } }) =>
    attributeCalls(
      begun.filter((call) => call.partner === partner.name),
      partner.calls,
    ),
  );
  // The directory of the erased person's partner is not all that it was served.
  const whole = lanes.filter((lane) => lane !== stage.erasure.lane);
  const served = whole.map(({ options: { partner }, started }) => ({
    partner: partner.name,
    feed: partner.feed,
    people: new Map(started.map(({ workflowId, people }) => [workflowId, people])),
  }));
  const traces: Traces = {
    histories,
    descriptions: lanes.flatMap(({ descriptions }) => descriptions),
    workerLogs,
    tables: await dumpTables(dataSource),
    temporalDir: stage.temporal.dataDir,
    postgresDir: stage.postgres.dataDir,
  };
  if (keep !== undefined) await keepTraces(keep, traces);
  const dataConverter = createDataConverter(config.payloadKeys);
  return [
    ...checkEnds(statuses, runs),
    ...checkCalls({ begun, arrived, ledger: await readLedger(dataSource) }, runs),
    ...(await checkDirectory(dataSource, served, runs)),
    ...(await checkWebhooks(dataSource, stage.receiver)),
    never('rows left in the staging tables', countStaged(traces.tables)),
    ...checkHistories(histories),
    ...checkLogs(workerLogs),
    ...(await checkLeaks(traces, {
      tokens: tokens.flatMap((token) => [token, checksum(token, '/providers')]),
      secrets: [...Object.values(EXAMPLE_SECRETS), stage.receiver.secret],
      keys: config.payloadKeys.map(({ secret }) => secret.export().toString('base64')),
      dataConverter,
    })),
    ...(await stage.erasure.check(traces, dataConverter)),
  ];
}

function countStaged(tables: ReadonlyMap<string, string>): number {
  const staged = [...tables].filter(([name]) => name.startsWith('staged_'));
  return staged.reduce((sum, [, rows]) => sum + rows.split('\n').filter(Boolean).length, 0);
}
