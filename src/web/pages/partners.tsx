import type { PartnerView } from '../../operations/describe-partners';
import { forecastInWords } from '../../operations/freshness/forecast';
import { durationInWords, shareInWords } from '../../partner/config/values';
import { awaitedApproval } from '../../store/runs/run-row';
import { NextRuns } from '../components/next-runs';
import { PageHead } from '../components/page-head';
import { Reading } from '../components/partner-reading';
import { Status } from '../components/status';
import { SyncNow } from '../components/sync-now';
import { BothTimes } from '../components/time';

export interface PartnersProps {
  readonly partners: readonly PartnerView[];
  readonly canOperate: boolean;
}

/** The partners: their configuration and schedules. */
export function PartnersPage({ partners, canOperate }: PartnersProps) {
  return (
    <div class="stack">
      <PageHead
        title="Partners"
        lead="Configured in partners.yaml. Restart the workers and the API after a change there."
      />
      {partners.map((partner) => (
        <section
          key={partner.name}
          id={partner.name}
          class="card stack-small partner-settings"
          aria-labelledby={`name-${partner.name}`}
        >
          <div class="card-head">
            <h2 id={`name-${partner.name}`}>{partner.name}</h2>
            {partner.running ? (
              <a class="button" href={`/runs/${partner.running.id}`}>
                <Status status="running" isAwaited={awaitedApproval(partner.running) !== null} />
                Watch live
              </a>
            ) : (
              canOperate && <SyncNow partner={partner.name} />
            )}
          </div>
          <div class="split">
            <Configuration partner={partner} />
            <Schedule partner={partner} canOperate={canOperate} />
          </div>
          <Reading partner={partner} />
        </section>
      ))}
    </div>
  );
}

function Configuration({ partner }: { readonly partner: PartnerView }) {
  return (
    <dl class="facts">
      <dt>Address</dt>
      <dd>
        <code>{partner.baseUrl}</code>
      </dd>
      <dt>Providers</dt>
      <dd>
        <a href={`/providers?partner=${partner.name}`}>{partner.providers.listed.toLocaleString('en')}</a>
      </dd>
      <dt>Last synced</dt>
      <dd>
        {partner.freshness.lastSucceededAt ? <BothTimes at={partner.freshness.lastSucceededAt} /> : 'never'}
        {!partner.freshness.isFresh && <span class="tone-bad tone-text"> not fresh</span>}
      </dd>
      <FreshUntil partner={partner} />
      <dt>Smallest accepted list</dt>
      <dd>
        {partner.minimumCount.toLocaleString('en')}{' '}
        {partner.minimumCount === 1 ? 'record' : 'different records'}
      </dd>
      <dt>Rejected records</dt>
      <dd>at most {shareInWords(partner.maximumRejected)} of an answer</dd>
      <dt>Timeout per call</dt>
      <dd>{durationInWords(partner.deadlineMs)}</dd>
      <dt>Fresh for</dt>
      <dd>{durationInWords(partner.freshness.freshForMs)} after a successful sync</dd>
    </dl>
  );
}

/** Until when the partner is or was fresh, and whether it will stay fresh. */
function FreshUntil({ partner: { freshness, forecast } }: { readonly partner: PartnerView }) {
  if (freshness.freshUntil === null) return null;
  return (
    <>
      <dt>Fresh until</dt>
      <dd>
        <BothTimes at={freshness.freshUntil} />
        {forecast && <div class="muted">{forecastInWords(forecast)}</div>}
      </dd>
    </>
  );
}

function Schedule({ partner, canOperate }: { readonly partner: PartnerView; readonly canOperate: boolean }) {
  const { schedule, scheduleState, name } = partner;
  if (!schedule) {
    return (
      <div>
        <h3 class="chart-title">Schedule</h3>
        <p class="muted">
          {scheduleState === 'unknown' ? (
            'Temporal cannot be reached, so the schedule is unknown.'
          ) : (
            <>
              No schedule. Add a <code>schedule</code> to its entry in partners.yaml.
            </>
          )}
        </p>
      </div>
    );
  }
  return (
    <div>
      <h3 class="chart-title">Schedule</h3>
      <p>
        {schedule.times}. {schedule.paused && <strong class="tone-warn tone-text">Paused.</strong>}
        {schedule.backOffUntil && <strong class="tone-warn tone-text">Backs off.</strong>}
      </p>
      <NextRuns schedule={schedule} />
      {schedule.note && <p class="muted">{schedule.note}</p>}
      {canOperate && (
        <form method="post" action={`/partners/${name}/schedule/${schedule.paused ? 'resume' : 'pause'}`}>
          <button type="submit">
            {schedule.paused ? 'Resume' : 'Pause'} the schedule
            <span class="visually-hidden"> of {name}</span>
          </button>
        </form>
      )}
    </div>
  );
}
