import { CHANGE_KINDS, type ChangeCounts, countOf, totalInWords } from '../../contract/changes';
import type { PartnerView } from '../../operations/describe-partners';
import type { HealthReport } from '../../operations/health/health';
import type { DirectoryReading } from '../../operations/read-directory';
import { durationInWords } from '../../partner/config/values';
import type { PartnerStats, RunSeriesPoint } from '../../store/directory/read-stats';
import type { RunCause } from '../../store/runs/read-causes';
import { LAST_NIGHT } from '../addresses';
import { Alarm } from '../components/alarm';
import { Findings } from '../components/findings';
import { headline, staleOf } from '../components/headline';
import { Live } from '../components/live';
import { Empty, Notice } from '../components/notice';
import { PageHead } from '../components/page-head';
import { PartnerCard } from '../components/partner-card';
import { countFailed, mendedInWords } from '../components/run-causes';
import { ChartTable, DurationChart, OutcomeChart, totalOf } from '../components/run-chart';
import { duration, Time } from '../components/time';
import { PERIODS } from '../periods';

/** The data of the directory that the page shows. */
export interface DirectoryShown extends DirectoryReading {
  readonly series: readonly RunSeriesPoint[];
  /** The changes of the last 7 days. */
  readonly changes: ChangeCounts;
  /** Why runs of the last 24 hours failed. */
  readonly causes: readonly RunCause[];
}

export interface OverviewProps {
  readonly health: HealthReport;
  /** Null while Postgres cannot be read. */
  readonly directory: DirectoryShown | null;
  /** The address of the events that report changes of this page. */
  readonly events: string;
  readonly canOperate: boolean;
}

/** The overview: freshness of the directory, health, and findings. */
export function Overview({ health, directory, events, canOperate }: OverviewProps) {
  const isFailing = health.status === 'failing';
  // The alarm shows the most severe finding.
  const findings = isFailing ? health.findings.slice(1) : health.findings;
  const lastNight = directory && directory.causes.length > 0 && <LastNight causes={directory.causes} />;
  return (
    <Live id="overview" url="/" events={events} every={60} news={headline(health, directory?.partners)}>
      {isFailing ? (
        <Alarm health={health} />
      ) : (
        <PageHead
          title={headline(health, directory?.partners)}
          lead={directory && leadOf(directory.partners)}
        />
      )}
      {isFailing && findings.length === 0 ? (
        lastNight && (
          <Notice tone="warn">
            <p>{lastNight}</p>
          </Notice>
        )
      ) : (
        <Findings findings={findings}>{lastNight}</Findings>
      )}
      {directory ? (
        <Directory directory={directory} canOperate={canOperate} />
      ) : (
        <Empty title="The directory cannot be shown">
          <p>The database is unavailable. This page retries by itself.</p>
        </Empty>
      )}
    </Live>
  );
}

function Directory({ directory, canOperate }: { directory: DirectoryShown; canOperate: boolean }) {
  const { partners, stats, recent, series, changes } = directory;
  return (
    <>
      <Figures stats={stats} partners={partners} changes={changes} />
      <div class="grid">
        {partners.map((partner) => (
          <PartnerCard
            key={partner.name}
            partner={partner}
            runs={recent.get(partner.name) ?? []}
            canOperate={canOperate}
          />
        ))}
      </div>
      <section class="card" aria-labelledby="over-time">
        <h2 id="over-time">The last two weeks</h2>
        {series.some((point) => totalOf(point) > 0) ? (
          <>
            <div class="grid">
              <div>
                <h3 class="chart-title">Syncs per day (UTC)</h3>
                <OutcomeChart points={series} label={dayOf} />
              </div>
              <div>
                <h3 class="chart-title">Typical duration of a sync</h3>
                <DurationChart points={series} label={dayOf} />
              </div>
            </div>
            <ChartTable points={series} label={dayOf} />
          </>
        ) : (
          <Empty title="No runs yet">
            <p>Charts appear here after the first run.</p>
          </Empty>
        )}
      </section>
    </>
  );
}

/** How many runs of the last 24 hours failed, and whether that is mended. */
function LastNight({ causes }: Pick<DirectoryShown, 'causes'>) {
  return (
    <>
      {countFailed(causes, PERIODS['24h'].words)} {mendedInWords(causes)}{' '}
      <a id="last-night" href={LAST_NIGHT}>
        What went wrong?
      </a>
    </>
  );
}

/** Five figures about the whole directory. */
function Figures({ stats, partners, changes }: Pick<DirectoryShown, 'stats' | 'partners' | 'changes'>) {
  const sum = (pick: (one: PartnerStats) => number) => stats.reduce((total, one) => total + pick(one), 0);
  const succeeded = sum((one) => one.last7Days.succeeded);
  const ended = succeeded + sum((one) => one.last7Days.failed);
  const medians = stats.flatMap(({ duration: { median } }) => (median === null ? [] : [median]));
  const lastGood = partners
    .flatMap(({ freshness }) => freshness.lastSucceededAt ?? [])
    .sort()
    .at(-1);
  return (
    <ul class="figures card">
      <li>
        <a class="value" id="figure-providers" href="/providers">
          {sum((one) => one.providers.listed).toLocaleString('en')}
        </a>
        <span class="label">providers in the directory</span>
      </li>
      <ChangesFigure changes={changes} />
      <li>
        <span class="value">{lastGood ? <Time at={lastGood} alone /> : 'never'}</span>
        <span class="label">last synced</span>
      </li>
      <li>
        <a
          class="value"
          id="figure-runs"
          href={succeeded < ended ? '/runs?status=failed&started=7d' : '/runs'}
        >
          {ended === 0 ? '–' : `${Math.round((100 * succeeded) / ended)} %`}
        </a>
        <span class="label">
          of syncs succeeded
          {ended > 0 && ` (${succeeded.toLocaleString('en')} of ${ended.toLocaleString('en')} in 7 days)`}
        </span>
      </li>
      <li>
        <span class="value">{medians.length === 0 ? '–' : duration(Math.max(...medians))}</span>
        <span class="label">typical duration of a sync{medians.length > 1 && ' of the slowest partner'}</span>
      </li>
    </ul>
  );
}

/** The changes of the last 7 days. Each count leads to its list. */
function ChangesFigure({ changes }: { readonly changes: ChangeCounts }) {
  const kinds = CHANGE_KINDS.filter((kind) => changes[kind] > 0);
  return (
    <li>
      <a class="value" id="figure-changes" href="/changes">
        {totalInWords(changes)}
      </a>
      <span class="label">
        changes in 7 days
        {kinds.map((kind, index) => (
          <>
            {index === 0 ? ': ' : ', '}
            <a id={`figure-${kind}`} href={`/changes?kind=${kind}`}>
              {countOf(changes, kind)} {kind}
            </a>
          </>
        ))}
      </span>
    </li>
  );
}

/** List up to this many partners by name; beyond that show a count. */
const NAMED = 3;

/** Explains the headline. */
function leadOf(partners: readonly PartnerView[]) {
  const stale = staleOf(partners);
  if (stale.length > NAMED) return `${stale.length} of ${partners.length} partners were not synced in time.`;
  if (stale.length > 0) return `Not synced in time: ${stale.map(({ name }) => name).join(', ')}.`;
  const [only, ...others] = partners;
  if (only?.freshness.lastSucceededAt && others.length === 0) {
    return (
      <>
        Last synced <Time at={only.freshness.lastSucceededAt} />; counts as fresh for{' '}
        {durationInWords(only.freshness.freshForMs)}.
      </>
    );
  }
  return `${partners.length === 2 ? 'Both' : `All ${partners.length}`} partners were synced in time.`;
}

function dayOf(at: string): string {
  return new Date(at).toLocaleDateString('en', { day: 'numeric', month: 'short', timeZone: 'UTC' });
}
