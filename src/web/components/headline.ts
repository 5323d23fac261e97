import type { PartnerView } from '../../operations/describe-partners';
import type { HealthReport } from '../../operations/health/health';
import { alarmOf } from './alarm';

/**
 * The headline of the overview. It reports no success while a check failed or could not run.
 *
 * @param partners undefined while the directory cannot be read
 */
export function headline(health: HealthReport, partners: readonly PartnerView[] | undefined): string {
  if (health.status === 'failing') return alarmOf(health);
  if (!partners || health.findings.some(({ code }) => code === 'check-incomplete')) {
    return 'Not everything could be checked';
  }
  const stale = staleOf(partners);
  if (stale.length === 0) return `The directory is fresh${butFailed(partners)}`;
  if (partners.every(({ freshness }) => freshness.lastSucceededAt === null)) {
    return 'The directory is empty so far';
  }
  return stale.length === partners.length
    ? 'The directory is not fresh'
    : 'Part of the directory is not fresh';
}

/** The partners that were not synced in time. */
export function staleOf(partners: readonly PartnerView[]): PartnerView[] {
  return partners.filter(({ freshness }) => !freshness.isFresh);
}

/** Whose last sync failed, if one did. */
function butFailed(partners: readonly PartnerView[]): string {
  const failed = partners.filter(({ lastRun }) => lastRun?.status === 'failed');
  const [one] = failed;
  if (!one) return '';
  if (partners.length === 1) return ', but the last sync failed';
  return failed.length === 1
    ? `, but the last sync of ${one.name} failed`
    : `, but the last syncs of ${failed.length} partners failed`;
}
