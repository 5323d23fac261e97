import { outside } from '../process/outside';

let isZoneDue = false;

/**
 * A time for people: on a terminal the local time to the second, and elsewhere, for programs, ISO 8601 in UTC as it is.
 * The output then names the zone once; see {@link dueZone}.
 */
export function shownTime(at: string): string;
export function shownTime(at: string | null): string | null;
export function shownTime(at: string | null): string | null {
  if (at === null || !outside().stdout.isTTY) return at;
  isZoneDue = true;
  const local = new Intl.DateTimeFormat('sv', { dateStyle: 'short', timeStyle: 'medium' });
  return local.format(new Date(at));
}

/** The line that names the zone of the local times, if there are any that it has not named yet; otherwise empty. */
export function dueZone(): string {
  if (!isZoneDue) return '';
  isZoneDue = false;
  return `Times are in ${new Intl.DateTimeFormat().resolvedOptions().timeZone}.`;
}
