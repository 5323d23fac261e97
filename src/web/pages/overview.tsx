import type { PartnerView } from '../../api/describe-partners';
import { durationInWords } from '../../partner/duration';
import type { Run } from '../../store/read-runs';
import type { PartnerStats, RunSeriesPoint } from '../../store/read-stats';
import { Icon } from '../components/icon';
import { Live } from '../components/live';
import { Empty, Notice } from '../components/notice';
import { PageHead } from '../components/page-head';
import { ChartTable, DurationChart, OutcomeChart, totalOf } from '../components/run-chart';
import { Status } from '../components/status';
import { Strip } from '../components/strip';
import { SyncNow } from '../components/sync-now';
import { duration, Time } from '../components/time';
import type { Finding } from '../findings';

export interface OverviewProps {
  readonly partners: readonly PartnerView[];
  readonly stats: readonly PartnerStats[];
  /** Of the runs, so that the page can be told of a newer one. */
  readonly version: string;
  readonly recent: ReadonlyMap<string, readonly Run[]>;
  readonly series: readonly RunSeriesPoint[];
  readonly findings: readonly Finding[];
  readonly canOperate: boolean;
}

/** Is the directory fresh, and what needs a look. */
export function Overview({ partners, stats, version, recent, series, findings, canOperate }: OverviewProps) {
  const stale = partners.filter(({ freshness }) => !freshness.isFresh);
  return (
    <Live
      id="overview"
      url="/"
      events={`/events?version=${version}`}
      every={60}
      news={headline(partners, stale)}
    >
      <PageHead title={headline(partners, stale)} lead={leadOf(partners, stale)} />
      <Findings findings={findings} />
      <Figures stats={stats} partners={partners} />
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
                <h3 class="chart-title">Runs a day</h3>
                <OutcomeChart points={series} label={dayOf} />
              </div>
              <div>
                <h3 class="chart-title">Median duration of good runs</h3>
                <DurationChart points={series} label={dayOf} />
              </div>
            </div>
            <ChartTable points={series} label={dayOf} />
          </>
        ) : (
          <Empty title="No runs yet">
            <p>Charts appear here with the first run.</p>
          </Empty>
        )}
      </section>
    </Live>
  );
}

function headline(partners: readonly PartnerView[], stale: readonly PartnerView[]): string {
  if (stale.length === 0) {
    const isFailing = partners.some(({ lastRun }) => lastRun?.status === 'failed');
    return isFailing ? 'The directory is still fresh' : 'The directory is fresh';
  }
  if (partners.every(({ freshness }) => freshness.lastSucceededAt === null))
    return 'The directory is empty so far';
  return stale.length === partners.length
    ? 'The directory is not fresh'
    : 'Part of the directory is not fresh';
}

/** The whole in four figures. */
function Figures({ stats, partners }: Pick<OverviewProps, 'stats' | 'partners'>) {
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
          {sum((one) => one.providers.total).toLocaleString('en')}
        </a>
        <span class="label">providers in the directory</span>
      </li>
      <li>
        <span class="value">{lastGood ? <Time at={lastGood} /> : 'never'}</span>
        <span class="label">last good run</span>
      </li>
      <li>
        <a class="value" id="figure-runs" href={succeeded < ended ? '/runs?status=failed' : '/runs'}>
          {ended === 0 ? '–' : `${Math.round((100 * succeeded) / ended)} %`}
        </a>
        <span class="label">of {ended.toLocaleString('en')} completed runs in 7 days succeeded</span>
      </li>
      <li>
        <span class="value">{medians.length === 0 ? '–' : duration(Math.max(...medians))}</span>
        <span class="label">is the median time of a good run</span>
      </li>
    </ul>
  );
}

/** So many partners are told by their names; more are counted. */
const NAMED = 3;

/** What the headline means. */
function leadOf(partners: readonly PartnerView[], stale: readonly PartnerView[]): string {
  if (stale.length === 0) {
    const [only, ...others] = partners;
    return only && others.length === 0
      ? `${only.name} had a good run within its limit of ${durationInWords(only.freshness.freshForMs)}.`
      : `All ${partners.length} partners had a good run within their limits.`;
  }
  return stale.length <= NAMED
    ? `Without a good run for too long: ${stale.map(({ name }) => name).join(', ')}.`
    : `${stale.length} of ${partners.length} partners are without a good run for too long.`;
}

function Findings({ findings }: { readonly findings: readonly Finding[] }) {
  if (findings.length === 0) {
    return (
      <Notice tone="ok">
        <p>Nothing needs a look.</p>
      </Notice>
    );
  }
  return (
    <section aria-labelledby="findings" class="card">
      <h2 id="findings">Needs a look</h2>
      <ul class="findings">
        {findings.map(({ tone, text, href, advice }, index) => (
          <li key={text} class={`tone-${tone}`}>
            <Icon name={tone === 'bad' ? 'cross' : 'warning'} />
            <div>
              <a id={`finding-${index}`} href={href}>
                {text}
              </a>
              {advice && <span class="muted"> {advice}</span>}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function PartnerCard({
  partner,
  runs,
  canOperate,
}: {
  readonly partner: PartnerView;
  readonly runs: readonly Run[];
  readonly canOperate: boolean;
}) {
  const { name, freshness, schedule, running } = partner;
  return (
    <section class="card stack-small" aria-labelledby={`partner-${name}`}>
      <div class="card-head">
        <h2 id={`partner-${name}`}>
          <a id={`to-${name}`} href={`/partners#${name}`}>
            {name}
          </a>
        </h2>
        <span class={`status tone-${freshness.isFresh ? 'ok' : 'bad'}`}>
          <Icon name={freshness.isFresh ? 'check' : 'cross'} />
          {freshness.isFresh ? 'fresh' : 'not fresh'}
        </span>
      </div>
      <p>
        {freshness.lastSucceededAt ? (
          <>
            Last good run <Time at={freshness.lastSucceededAt} />.{' '}
          </>
        ) : (
          'No good run yet. '
        )}
        <span class="muted">{nextRun(schedule)}</span>
      </p>
      {runs.length > 0 && <Strip runs={runs} partner={name} />}
      {running ? (
        <a class="button" id={`watch-${name}`} href={`/runs/${running.id}`}>
          <Status status="running" />
          Watch it
        </a>
      ) : (
        canOperate && <SyncNow partner={name} />
      )}
    </section>
  );
}

function nextRun(schedule: PartnerView['schedule']) {
  if (!schedule) return 'No schedule.';
  if (schedule.paused) return 'The schedule is paused.';
  return schedule.nextRunAt ? (
    <>
      Next <Time at={schedule.nextRunAt} />.
    </>
  ) : (
    ''
  );
}

function dayOf(at: string): string {
  return new Date(at).toLocaleDateString('en', { day: 'numeric', month: 'short', timeZone: 'UTC' });
}
