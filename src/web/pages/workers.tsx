import type { WorkerStep, WorkerView } from '../../operations/describe-workers';
import type { Slots, WorkerReport } from '../../temporal/workers/read-heartbeats';
import { Live } from '../components/live';
import { Empty } from '../components/notice';
import { PageHead } from '../components/page-head';
import { GoodOrBad } from '../components/status';
import { Table } from '../components/table';
import { Time } from '../components/time';

export interface WorkersProps {
  readonly workers: readonly WorkerView[];
  readonly taskQueue: string;
  /** The address of the events that report changes of runs. */
  readonly events: string;
}

/** The workers as Temporal sees them: which ones, their versions, and what they execute. */
export function WorkersPage({ workers, taskQueue, events }: WorkersProps) {
  const polling = workers.filter(({ state }) => state === 'polling').length;
  return (
    <Live id="workers" url="/workers" events={events} every={10}>
      <PageHead title="Workers" lead={leadOf(polling, taskQueue)} />
      {workers.length > 0 ? (
        <section class="card" aria-label="Workers">
          <WorkerTable workers={workers} />
          <p class="muted">
            A slot executes one step of a run. A worker reports its slots every 10 seconds. It counts as lost
            if it was not seen for 90 seconds and has not reported a shutdown.
          </p>
        </section>
      ) : (
        <Empty title="No worker">
          <p>
            Syncs wait until there is one. Start it: <code>npx provider-sync worker</code>
          </p>
        </Empty>
      )}
    </Live>
  );
}

function leadOf(polling: number, taskQueue: string): string {
  return `${polling === 1 ? '1 worker polls' : `${polling || 'No'} ${polling === 0 ? 'worker polls' : 'workers poll'}`} the task queue ${taskQueue}.`;
}

function WorkerTable({ workers }: { readonly workers: readonly WorkerView[] }) {
  return (
    <Table
      class="stacked"
      columns={['Worker', 'State', 'Version', 'Running since', 'Slots in use', 'Executes']}
    >
      <tbody>
        {workers.map((worker) => (
          <tr key={worker.identity + worker.report?.startedAt}>
            <td class="whole">
              {worker.identity}
              {worker.report && !worker.identity.endsWith(worker.report.host) && (
                <div class="muted">{worker.report.host}</div>
              )}
            </td>
            <td data-label="State">
              <State worker={worker} />
            </td>
            <td data-label="Version">{worker.report ? <Version report={worker.report} /> : 'unknown'}</td>
            <td class="nowrap" data-label="Running since">
              {worker.report?.startedAt ? <Time at={worker.report.startedAt} alone /> : 'unknown'}
            </td>
            <td class="nowrap" data-label="Slots in use">
              {worker.report ? <InUse slots={worker.report.slots.activities} /> : 'unknown'}
            </td>
            <td data-label="Executes">
              {worker.steps.length > 0 ? <Steps worker={worker} /> : <span class="muted">nothing</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function State({ worker: { state, lastSeenAt } }: { readonly worker: WorkerView }) {
  return (
    <>
      <GoodOrBad isGood={state === 'polling'}>{state}</GoodOrBad>
      <div class="muted nowrap">
        seen <Time at={lastSeenAt} alone />
      </div>
    </>
  );
}

function Version({
  report: { version, deploymentName, buildId, sdkVersion },
}: {
  readonly report: WorkerReport;
}) {
  return (
    <>
      {version ?? '0.1.0'}
      <div class={deploymentName ? 'muted' : 'muted nowrap'} title={buildId ?? undefined}>
        {deploymentName ? `${deploymentName}:${buildId}` : `workflow code ${buildId?.slice(-8) ?? 'unknown'}`}
      </div>
      <div class="muted nowrap">Temporal SDK {sdkVersion}</div>
    </>
  );
}

function InUse({ slots: { used, total } }: { readonly slots: Slots }) {
  return (
    <>
      {used} of {total}
    </>
  );
}

function Steps({ worker: { identity, steps } }: { readonly worker: WorkerView }) {
  return (
    <ul class="plain dense">
      {steps.map((step, index) => (
        <li key={step.workflowId}>
          <a id={`${identity}-step-${index}`} href={`/runs/${encodeURIComponent(step.workflowId)}`}>
            {step.step} of {step.partner ?? step.workflowId}
          </a>
          <Since {...step} />
        </li>
      ))}
    </ul>
  );
}

function Since({ since, attempt }: WorkerStep) {
  return (
    <div class="muted">
      {attempt > 1 && `attempt ${attempt}, `}
      {since && <Time at={since} />}
    </div>
  );
}
