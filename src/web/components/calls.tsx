import { MAX_CALLS_PER_ENDPOINT } from '../../contract/names';
import { CALL_LABELS, hasPages, type RecordedCall } from '../../store/runs/read-calls';
import { Icon } from './icon';
import { lookOfCall } from './status';
import { duration, ExactTime } from './time';

/** A full bar means at least this time, so that quick calls have short bars. */
const LEAST_SCALE_MS = 1_000;

/** Calls of a run as a timeline: page if there are several, attempt, outcome and duration. */
export function Calls({ calls }: { readonly calls: readonly RecordedCall[] }) {
  const isPaged = hasPages(calls);
  const longest = Math.max(LEAST_SCALE_MS, ...calls.map(({ tookMs }) => tookMs ?? 0));
  return (
    <ol class="timeline">
      {calls.map((call) => {
        const { tone, icon } = lookOfCall(call.outcome);
        return (
          <li key={`${call.endpoint}-${call.page}-${call.attempt}`} class={`tone-${tone}`}>
            <span class="dot">
              <Icon name={icon} />
            </span>
            <div>
              <div class="what">
                <strong>{CALL_LABELS[call.endpoint]}</strong>
                <span class="aside">
                  {isPaged && `page ${call.page.toLocaleString('en')}, `}attempt {call.attempt} of{' '}
                  {MAX_CALLS_PER_ENDPOINT}
                </span>
                <span class="tone-text">{call.outcome === 'ok' ? 'answered' : call.outcome}</span>
              </div>
              {call.detail && <div>{call.detail}</div>}
              <div class="aside">
                <ExactTime at={call.startedAt} />
                {call.tookMs !== null && <> · {duration(call.tookMs)}</>}
                {call.httpStatus !== null && <> · HTTP {call.httpStatus}</>}
                {call.bytes !== null && <> · {call.bytes.toLocaleString('en')} bytes</>}
              </div>
              {call.tookMs !== null && (
                <svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
                  <rect class="track" width="100" height="6" />
                  <rect width={Math.max(0.5, (100 * call.tookMs) / longest)} height="6" />
                </svg>
              )}
            </div>
          </li>
        );
      })}
    </ol>
  );
}
