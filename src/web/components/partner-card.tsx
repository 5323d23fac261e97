import type { PartnerView } from '../../operations/describe-partners';
import { chanceInWords } from '../../operations/freshness/forecast';
import { awaitedApproval, type Run } from '../../store/runs/run-row';
import { partnerAddress } from '../addresses';
import { GoodOrBad, Status } from './status';
import { Strip } from './strip';
import { SyncNow } from './sync-now';
import { Time } from './time';

interface PartnerCardProps {
  readonly partner: PartnerView;
  readonly runs: readonly Run[];
  readonly canOperate: boolean;
}

/** A summary of a partner: freshness, outcomes of the last runs, and the next run. */
export function PartnerCard({ partner, runs, canOperate }: PartnerCardProps) {
  const { name, freshness, running } = partner;
  return (
    <section class="card stack-small" aria-labelledby={`partner-${name}`}>
      <div class="card-head">
        <h2 id={`partner-${name}`}>
          <a id={`to-${name}`} href={partnerAddress(name)}>
            {name}
          </a>
        </h2>
        <GoodOrBad isGood={freshness.isFresh}>{freshness.isFresh ? 'fresh' : 'not fresh'}</GoodOrBad>
      </div>
      <p>
        {freshness.lastSucceededAt ? (
          <>
            Last synced <Time at={freshness.lastSucceededAt} alone />. <StaysFresh partner={partner} />
          </>
        ) : (
          'Not synced yet. '
        )}
        <span class="muted">{nextRun(partner)}</span>
      </p>
      {runs.length > 0 && <Strip runs={runs} partner={name} />}
      <div class="actions">
        {running ? (
          <a class="button" id={`watch-${name}`} href={`/runs/${running.id}`}>
            <Status status="running" isAwaited={awaitedApproval(running) !== null} />
            Watch live
          </a>
        ) : (
          canOperate && <SyncNow partner={name} />
        )}
        {runs.length > 0 && (
          <a class="button" id={`runs-${name}`} href={`/runs?partner=${name}`}>
            All runs<span class="visually-hidden"> of {name}</span>
          </a>
        )}
      </div>
    </section>
  );
}

/** How long the partner stays fresh, and with which chance longer. */
function StaysFresh({ partner: { freshness, forecast } }: { readonly partner: PartnerView }) {
  if (!freshness.isFresh || freshness.freshUntil === null) return null;
  return (
    <>
      Its data stops being fresh <Time at={freshness.freshUntil} />
      {forecast && forecast.runs > 0 && `; chance to stay fresh: ${chanceInWords(forecast.chance)}`}.{' '}
    </>
  );
}

function nextRun({ schedule, scheduleState }: PartnerView) {
  if (scheduleState === 'unknown') return 'Temporal cannot be reached, so the schedule is unknown.';
  if (!schedule) return 'No schedule.';
  if (schedule.paused) return 'The schedule is paused.';
  return schedule.nextRunAt ? (
    <>
      {schedule.backOffUntil && 'Asked less often, because its syncs fail. '}
      Next <Time at={schedule.nextRunAt} alone />.
    </>
  ) : (
    ''
  );
}
