import type { HealthReport } from '../../operations/health/health';
import { Since } from './findings';
import { Icon } from './icon';

/** The head of the overview while syncs cannot work: what is broken, since when, how many syncs wait, what to do. */
export function Alarm({ health }: { readonly health: HealthReport }) {
  const [worst, ...others] = health.findings;
  if (!worst) return null;
  return (
    <div class="alarm tone-bad" id="alarm">
      <Icon name="warning" size={28} />
      <div>
        <h1>{alarmOf(health)}</h1>
        <p>
          <Since {...worst} />
          {waitingSyncs(health)} {others.length > 0 && `${others.length} more below.`}
        </p>
        {worst.advice && <p>{worst.advice}</p>}
      </div>
    </div>
  );
}

/** The worst finding as a headline. */
export function alarmOf({ findings }: HealthReport): string {
  return findings[0]?.what.replace(/\.$/, '') ?? '';
}

function waitingSyncs({ runsWaiting }: HealthReport): string {
  if (runsWaiting === null) return 'It is not known how many syncs wait.';
  if (runsWaiting === 0) return 'No sync waits for it at the moment.';
  return `${runsWaiting.toLocaleString('en')} ${runsWaiting === 1 ? 'sync waits' : 'syncs wait'}.`;
}
