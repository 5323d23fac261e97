import type { RunSeriesPoint } from '../../store/directory/read-stats';
import { Table } from './table';
import { duration } from './time';

/** The usual width of a chart on a wide page, so that its text keeps its font size. */
const WIDTH = 480;
const HEIGHT = 210;
const TOP = 26;
const BOTTOM = 30;
const PLOT = { width: WIDTH, height: HEIGHT - TOP - BOTTOM };

interface ChartProps {
  readonly points: readonly RunSeriesPoint[];
  /** Formats the time of a point. */
  readonly label: (at: string) => string;
}

/** A bar chart: the number of runs by outcome, for each day or hour. */
export function OutcomeChart({ points, label }: ChartProps) {
  const most = Math.max(1, ...points.map(totalOf));
  const step = PLOT.width / Math.max(1, points.length);
  const height = (count: number) => (count / most) * PLOT.height;
  const succeeded = points.reduce((sum, point) => sum + point.counts.succeeded, 0);
  const failed = points.reduce((sum, point) => sum + point.counts.failed, 0);
  return (
    <figure class="figure">
      <svg
        class="chart"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`Runs over time: ${succeeded} succeeded, ${failed} failed. The table below has the numbers.`}
      >
        <Axis most={String(most)} />
        {points.map((point, index) => {
          const x = index * step + step * 0.15;
          const width = step * 0.7;
          const base = TOP + PLOT.height;
          const ok = height(point.counts.succeeded);
          const bad = height(point.counts.failed);
          const idle = height(totalOf(point) - point.counts.succeeded - point.counts.failed);
          return (
            <g key={point.start}>
              <title>{`${label(point.start)}: ${point.counts.succeeded} succeeded, ${point.counts.failed} failed`}</title>
              <rect class="ok" x={x} y={base - ok} width={width} height={ok} />
              <rect class="bad" x={x} y={base - ok - bad} width={width} height={bad} />
              <rect class="idle" x={x} y={base - ok - bad - idle} width={width} height={idle} />
            </g>
          );
        })}
        <Labels points={points} label={label} step={step} />
      </svg>
      <ul class="legend">
        <li>
          <span class="swatch tone-ok" />
          succeeded
        </li>
        <li>
          <span class="swatch tone-bad" />
          failed
        </li>
        <li>
          <span class="swatch tone-idle" />
          skipped, cancelled, abandoned
        </li>
      </ul>
    </figure>
  );
}

/** A line chart: the median duration of successful runs, for each day or hour. */
export function DurationChart({ points, label }: ChartProps) {
  const most = Math.max(1, ...points.map(({ medianDuration }) => medianDuration ?? 0));
  const step = PLOT.width / Math.max(1, points.length);
  const places = points.flatMap(({ start: at, medianDuration }, index) =>
    medianDuration === null
      ? []
      : [
          {
            at,
            took: medianDuration,
            x: (index + 0.5) * step,
            y: TOP + PLOT.height * (1 - medianDuration / most),
          },
        ],
  );
  return (
    <figure class="figure">
      <svg
        class="chart"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`Median duration of successful runs over time, at most ${duration(most)}. The table below has the numbers.`}
      >
        <Axis most={duration(most)} />
        <polyline class="line" points={places.map(({ x, y }) => `${x},${y}`).join(' ')} />
        {places.map(({ at, took, x, y }) => (
          <circle key={at} class="point" cx={x} cy={y} r="3.500">
            <title>{`${label(at)}: ${duration(took)}`}</title>
          </circle>
        ))}
        <Labels points={points} label={label} step={step} />
      </svg>
    </figure>
  );
}

/** The numbers of the charts as a table, for screen readers and for exact values. */
export function ChartTable({ points, label }: ChartProps) {
  return (
    <details id="numbers">
      <summary id="numbers-summary">Show as table</summary>
      <Table
        columns={[
          'Time',
          ['Runs', 'number wide'],
          ...['Succeeded', 'Failed', 'Median'].map((name) => [name, 'number'] as const),
        ]}
      >
        <tbody>
          {points.map((point) => (
            <tr key={point.start}>
              <td>{label(point.start)}</td>
              <td class="number wide">{totalOf(point)}</td>
              <td class="number">{point.counts.succeeded}</td>
              <td class="number">{point.counts.failed}</td>
              <td class="number">{point.medianDuration === null ? '–' : duration(point.medianDuration)}</td>
            </tr>
          ))}
        </tbody>
      </Table>
    </details>
  );
}

function Axis({ most }: { readonly most: string }) {
  return (
    <>
      <line class="axis" x1="0" x2={WIDTH} y1={TOP} y2={TOP} />
      <line class="axis" x1="0" x2={WIDTH} y1={TOP + PLOT.height} y2={TOP + PLOT.height} />
      <text x="0" y={TOP - 6}>
        {most}
      </text>
    </>
  );
}

/** The labels of the time axis, as many as fit. */
function Labels({ points, label, step }: ChartProps & { readonly step: number }) {
  const every = Math.max(1, Math.ceil(70 / step));
  return (
    <g>
      {points.map(({ start: at }, index) =>
        index % every === 0 ? (
          <text
            key={at}
            class="label"
            x={index === 0 ? 0 : (index + 0.5) * step}
            y={HEIGHT - 6}
            text-anchor={index === 0 ? 'start' : 'middle'}
          >
            {label(at)}
          </text>
        ) : null,
      )}
    </g>
  );
}

/** The number of finished runs of a day or hour. */
export function totalOf({ counts }: RunSeriesPoint): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0) - counts.running;
}
