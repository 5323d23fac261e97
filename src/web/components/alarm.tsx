import type { HealthReport } from '../../operations/health/health';
import { Advice } from './advice';
import { Since } from './findings';
import { Icon } from './icon';

/** The banner of the overview while syncs fail: the fault, its start, the number of waiting syncs, and advice. */
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
        {worst.advice && (
          <p>
            <Advice text={worst.advice} />
          </p>
        )}
      </div>
    </div>
  );
}

/** The worst finding as a headline. */
export function alarmOf({ findings }: HealthReport): string {
  return findings[0]?.what.replace(/\.$/, '') ?? '';
}

function waitingSyncs({ runsWaiting }: HealthReport): string {
  if (runsWaiting === null) return 'The number of waiting syncs is unknown.';
  if (runsWaiting === 0) return 'No sync is waiting.';
  return `${runsWaiting.toLocaleString('en')} ${runsWaiting === 1 ? 'sync is' : 'syncs are'} waiting.`;
}
