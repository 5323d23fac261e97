import { temporal } from '@temporalio/proto';
import type { SyncHandle } from '../../src/temporal/runs/start-sync';
import { killCommands } from '../support/command';
import { answerWorkflowTask } from '../support/forge';
import { until } from '../support/scenario';
import type { RefusalCode } from '../support/temporal-gateway';
import { useOpened } from '../support/use-opened';
import { expectAlerts, grows, shows } from './breakage';
import { startMonitored } from './monitored';

const { COMMAND_TYPE_START_TIMER } = temporal.api.enums.v1.CommandType;

/*
 * The alerts on Temporal's own metrics. A gateway is between the worker and Temporal, which loses or refuses calls.
 */

const stage = useOpened(startMonitored, (monitored) => monitored.end());
afterAll(killCommands);

/** More than the alert allows. */
const LATE_MS = 6_000;
/** Less than the first workflow task of a run reports. */
const SMALL_BYTES = 500;

const REFUSALS: readonly (readonly [alert: string, method: string, RefusalCode, minutes: number])[] = [
  ['TemporalResponsesThrottled', 'RespondActivityTaskCompleted', 'RESOURCE_EXHAUSTED', 2],
  ['TemporalInternalErrors', 'RespondActivityTaskCompleted', 'INTERNAL', 1],
  ['TemporalUnimplemented', 'RecordWorkerHeartbeat', 'UNIMPLEMENTED', 1],
];

/** Starts a run, and waits until it is in a call that gets no answer. */
async function startCall(partner?: string): Promise<SyncHandle> {
  const { simulator } = stage.scenario;
  const calls = simulator.calls.length;
  simulator.script('auth', ['hangForever']);
  const run = await stage.start(partner);
  await until(() => simulator.calls.length > calls);
  return run;
}

async function restartWorker(changes: NodeJS.ProcessEnv = {}): Promise<void> {
  await stage.worker().end('SIGKILL');
  await stage.startWorker(changes);
  await stage.sync();
}

describe('the alerts about Temporal', () => {
  it.each(REFUSALS)('fire if Temporal refuses: %s', async (alert, operation, status_code, minutes) => {
    let run: SyncHandle | undefined;
    await expectAlerts(stage, [alert], {
      async breakIt() {
        stage.gateway.refuseCalls(operation, status_code);
        run = await stage.start();
      },
      isBroken: grows('temporal_request_failure_total', { operation, status_code }, minutes),
      async mend() {
        stage.gateway.reset();
        await run?.result();
      },
    });
  });

  it('fire if Temporal refuses the polls of workers', async () => {
    const [operation, status_code] = ['PollActivityTaskQueue', 'RESOURCE_EXHAUSTED'] as const;
    await expectAlerts(stage, ['TemporalPollsThrottled'], {
      async breakIt() {
        stage.gateway.reset();
        stage.gateway.refuseCalls(operation, status_code);
      },
      isBroken: grows('temporal_long_request_failure_total', { operation, status_code }, 2),
      async mend() {
        stage.gateway.reset();
        await stage.sync();
      },
    });
  });

  it('fire if Temporal does not await what a worker reports', async () => {
    const [operation, status_code] = ['RespondActivityTaskCompleted', 'NOT_FOUND'] as const;
    const runs: SyncHandle[] = [];
    const start = async (partner: string) => {
      stage.gateway.refuseCalls(operation, status_code);
      runs.push(await stage.start(partner));
    };
    await expectAlerts(stage, ['TemporalTaskNotFound'], {
      breakIt: () => start('noteworth'),
      breakItAgain: () => start('whole'),
      isBroken: grows('temporal_request_failure_total', { operation, status_code }, 2),
      async mend() {
        stage.gateway.reset();
        await Promise.all(runs.map((run) => run.result()));
      },
    });
  });

  it('fire if Temporal has given up activities of a worker', async () => {
    const terminateDuringCall = async (partner: string) => {
      await (await startCall(partner)).terminate();
    };
    const labels = { operation: 'RecordActivityTaskHeartbeat', status_code: 'NOT_FOUND' };
    await expectAlerts(stage, ['TemporalHeartbeatNotFound'], {
      breakIt: () => terminateDuringCall('noteworth'),
      breakItAgain: () => terminateDuringCall('whole'),
      isBroken: grows('temporal_request_failure_total', labels, 2),
      async mend() {
        await stage.sync();
        await stage.sync('whole');
      },
    });
  });

  it('fire if the polls of workers get no answer', async () => {
    let run: SyncHandle | undefined;
    await expectAlerts(stage, ['RunWaiting', 'TemporalCompletionsStopped'], {
      async breakIt() {
        stage.gateway.reset();
        stage.gateway.loseCalls('PollWorkflowTaskQueue');
        run = await stage.start();
      },
      isBroken: shows('provider_sync_runs_waiting', 1),
      async mend() {
        stage.gateway.reset();
        await run?.result();
      },
    });
  });

  it('fire if workflow tasks wait for a worker', async () => {
    const startLate = async () => {
      stage.gateway.reset();
      stage.gateway.loseCalls('PollWorkflowTaskQueue');
      const run = await stage.start();
      const { startTime } = await run.describe();
      await until(() => Date.now() - startTime.getTime() > LATE_MS);
      stage.gateway.reset();
      await run.result();
    };
    await expectAlerts(stage, ['TemporalWorkflowTasksLate'], {
      breakIt: startLate,
      breakItAgain: startLate,
      mend: async () => stage.gateway.reset(),
    });
  });

  it('fire if a run does not fit the workflow', async () => {
    const labels = { failure_reason: 'NonDeterminismError' };
    let run: SyncHandle | undefined;
    await expectAlerts(stage, ['TemporalNonDeterminism'], {
      async breakIt() {
        await stage.worker().end('SIGKILL');
        run = await stage.start();
        await answerWorkflowTask(stage.scenario, [
          {
            commandType: COMMAND_TYPE_START_TIMER,
            startTimerCommandAttributes: { timerId: '1', startToFireTimeout: { seconds: 1 as never } },
          },
        ]);
        await stage.startWorker();
      },
      isBroken: grows('temporal_workflow_task_execution_failed_total', labels, 1),
      async mend() {
        await run?.terminate();
        await restartWorker();
      },
    });
  });

  it('fire if a step is larger than what Temporal takes', async () => {
    const labels = { failure_reason: 'GrpcMessageTooLarge' };
    let run: SyncHandle | undefined;
    await expectAlerts(stage, ['TemporalMessageTooLarge'], {
      async breakIt() {
        stage.gateway.limitCalls('RespondWorkflowTaskCompleted', SMALL_BYTES);
        run = await stage.start();
      },
      isBroken: grows('temporal_workflow_task_execution_failed_total', labels, 1),
      async mend() {
        stage.gateway.reset();
        // Temporal may have ended it.
        await run?.result().catch(() => undefined);
        await stage.sync();
      },
    });
  });

  it('fire if a worker has no free slot', async () => {
    let run: SyncHandle | undefined;
    await expectAlerts(stage, ['TemporalSlotsExhausted'], {
      prepare: () => restartWorker({ WORKER_MAX_CONCURRENT_SYNCS: '1' }),
      async breakIt() {
        run = await startCall();
      },
      isBroken: shows('temporal_worker_task_slots_available', 0, { worker_type: 'ActivityWorker' }),
      async mend() {
        await run?.terminate();
        await restartWorker();
      },
    });
  });

  it('fire if a worker stops and does not end', async () => {
    await expectAlerts(stage, ['TemporalPollersGone'], {
      async breakIt() {
        await startCall();
        process.kill(stage.worker().pid, 'SIGTERM');
      },
      isBroken: shows('temporal_num_pollers', 0, { poller_type: 'activity_task' }),
    });
  });
});
