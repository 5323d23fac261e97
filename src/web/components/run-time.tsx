import { explainSpan, type PartRow, sumOf } from '../../store/runs/explain-parts';
import { explainCallCounts, type RecordedCall } from '../../store/runs/read-calls';
import type { RunWithCalls } from '../../store/runs/read-runs';
import type { RunPart, RunPartKind } from '../../store/runs/run-parts';
import type { CurrentStep } from '../../temporal/runs/current-step';
import { CopyLink } from './copy';
import { Icon } from './icon';
import { axisOf, type CurrentPart, type RunAxis } from './run-axis';
import { lookOfCall, type Tone } from './status';
import { duration, ExactTime } from './time';

interface RunTimeProps {
  readonly run: RunWithCalls;
  /** The step that the run is in, if Temporal reports one. */
  readonly step: CurrentStep | null;
}

/** The time of a run on one axis, as a table whose bars have a common scale. */
export function RunTime({ run, step }: RunTimeProps) {
  const axis = axisOf(run, step);
  const row = (one: PartRow) => (
    <Row key={one.parts[0]?.startedAt + one.label} run={run} axis={axis} {...one} />
  );
  return (
    <div class="gantt-wrap">
      <table class="gantt">
        <caption>{explainSpan(run)}</caption>
        <thead>
          <tr>
            <th scope="col">Part</th>
            <th scope="col" class="scale">
              <span>0</span>
              <span>{duration(axis.span / 2)}</span>
              <span>{duration(axis.span)}</span>
            </th>
            <th scope="col" class="number">
              Time
            </th>
          </tr>
        </thead>
        <tbody>
          {axis.rows.filter(isPart).map(row)}
          {axis.current && <CurrentRow axis={axis} current={axis.current} />}
          {axis.rows.filter((one) => !isPart(one)).map(row)}
        </tbody>
        {run.finishedAt && (
          <tfoot>
            <tr>
              <th scope="row" colSpan={2}>
                Together
              </th>
              <td class="number">{duration(sumOf(run.parts))}</td>
            </tr>
          </tfoot>
        )}
      </table>
    </div>
  );
}

/** Whether a row is a part; the last row is what is between the parts. */
function isPart({ parts }: PartRow): boolean {
  return parts[0]?.kind !== 'overhead';
}

interface RowProps extends PartRow {
  readonly run: RunWithCalls;
  readonly axis: RunAxis;
}

function Row({ run, axis, label, parts, tookMs }: RowProps) {
  const [first] = parts;
  const number = first?.call ? run.calls.findIndex((call) => isCall(call, first.call)) + 1 : 0;
  const call = run.calls[number - 1];
  const look = call && lookOfCall(call.outcome);
  return (
    <tr id={call && `call-${number}`} class={`tone-${look?.tone ?? (first && TONES[first.kind]) ?? 'idle'}`}>
      <th scope="row">
        {look && <Icon name={look.icon} />}
        {label}
        {first?.attempts && first.attempts > 1 ? `, ${first.attempts} attempts` : ''}
        {parts.length > 1 && <span class="aside"> in {parts.length} places</span>}
      </th>
      <td class="bars">
        <Bar
          axis={axis}
          spans={parts.map((part) => [Date.parse(part.startedAt) - axis.start, part.tookMs])}
        />
        {call && <CallFacts call={call} number={number} />}
        {first?.calls && (
          <span class="aside">
            The calls took {duration(first.calls.tookMs)} together: {explainCallCounts(run.callCounts)}.
          </span>
        )}
      </td>
      <td class="number">{duration(tookMs)}</td>
    </tr>
  );
}

function isCall(call: RecordedCall, sought: RunPart['call']): boolean {
  const { endpoint, page, attempt } = call;
  return endpoint === sought?.endpoint && page === sought.page && attempt === sought.attempt;
}

const TONES: Readonly<Partial<Record<RunPartKind, Tone>>> = {
  claim: 'busy',
  calls: 'busy',
  replay: 'busy',
  store: 'busy',
  approval: 'warn',
  lost: 'warn',
};

/** What is known of a call, with its address on the page. */
function CallFacts({ call, number }: { readonly call: RecordedCall; readonly number: number }) {
  return (
    <span class="aside">
      <span class="tone-text">{call.outcome === 'ok' ? 'answered' : call.outcome}</span>
      {call.detail && <> · {call.detail}</>}
      {call.httpStatus !== null && call.detail !== `HTTP ${call.httpStatus}` && (
        <> · HTTP {call.httpStatus}</>
      )}
      {call.bytes !== null && <> · {call.bytes.toLocaleString('en')} bytes</>} ·{' '}
      <ExactTime at={call.startedAt} /> ·{' '}
      <span class="nowrap">
        <a href={`#call-${number}`}>Call {number}</a>{' '}
        <CopyLink to={`#call-${number}`} label={`Copy link to call ${number}`} />
      </span>
    </span>
  );
}

/** The part that the run is in. The script lets the clock run and the bar grow until the deadline. */
function CurrentRow({ axis, current }: { readonly axis: RunAxis; readonly current: CurrentPart }) {
  const { label, from, tookMs, mostMs } = current;
  const limit = mostMs === null ? ' so far' : ` of at most ${duration(mostMs)}`;
  return (
    <tr class="tone-busy" id="now">
      <th scope="row">
        <Icon name="turn" />
        {label}
      </th>
      <td class="bars">
        <svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">
          <rect class="track" width="1000" height="10" />
          <rect
            data-grows={String(tookMs)}
            data-span={String(axis.span)}
            x={scaled(axis, from)}
            width={barWidth(axis, tookMs)}
            height="10"
          />
        </svg>
        <span class="aside">
          <span data-clock={String(tookMs)}>{seconds(tookMs)}</span>
          {limit}
        </span>
      </td>
      <td class="number">now</td>
    </tr>
  );
}

function Bar({ axis, spans }: { readonly axis: RunAxis; readonly spans: readonly (readonly number[])[] }) {
  return (
    <svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">
      <rect class="track" width="1000" height="10" />
      {spans.map(([from = 0, tookMs = 0]) => (
        <rect key={from} x={scaled(axis, from)} width={barWidth(axis, tookMs)} height="10" />
      ))}
    </svg>
  );
}

/** Also a short part is visible. */
const LEAST_WIDTH = 3;

function scaled({ span }: RunAxis, ms: number): number {
  return Math.min(1000 - LEAST_WIDTH, Math.round((10_000 * ms) / span) / 10);
}

function barWidth({ span }: RunAxis, ms: number): number {
  return Math.max(LEAST_WIDTH, Math.round((10_000 * ms) / span) / 10);
}

/** As the script writes it. */
function seconds(ms: number): string {
  return `${Math.floor(ms / 1000)} s`;
}
