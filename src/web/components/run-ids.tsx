import type { Run } from '../../store/runs/run-row';
import { Copy } from './copy';

/** Where a run can also be read. */
export interface RunPlaces {
  /** The command of Temporal's CLI. */
  readonly temporal: string;
  /** The command that reads the run from the API. */
  readonly curl: string;
}

interface RunIdsProps {
  readonly run: Run;
  readonly places: RunPlaces;
}

/** The ids of a run, and the commands that show it elsewhere, each to copy. */
export function RunIds({ run, places }: RunIdsProps) {
  const rows = [
    ['run-id', 'Run', run.id],
    ['workflow-id', 'Workflow', run.workflowId],
    // They differ after a reset in Temporal.
    ...(run.runId === run.id ? [] : [['temporal-run-id', 'Temporal run', run.runId] as const]),
    ['temporal-command', 'In Temporal', places.temporal],
    ['curl-command', 'In the API', places.curl],
  ] as const;
  return (
    <section class="card" aria-labelledby="ids">
      <h2 id="ids">Ids and commands</h2>
      <dl class="facts ids">
        {rows.map(([id, label, text]) => (
          <>
            <dt>{label}</dt>
            <dd>
              <code id={id}>{text}</code> <Copy from={id} label={`Copy: ${label}`} />
            </dd>
          </>
        ))}
      </dl>
    </section>
  );
}
