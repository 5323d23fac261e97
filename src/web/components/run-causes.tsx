import { plural } from '../../contract/explain';
import type { PartnerCause, RunCause } from '../../store/runs/read-causes';
import { Mended } from './mended';
import { GoodOrBad } from './status';
import { ExactTime } from './time';

/** The partners of a cause that are shown at once; the others are folded away. */
const SHOWN_PARTNERS = 4;
/** The partners that a sentence names. */
const NAMED_PARTNERS = 3;

interface RunCausesProps {
  readonly causes: readonly RunCause[];
  /** The time of these runs in words, such as `in the last 24 hours`; empty for any time. */
  readonly when: string;
  /** The address of the list with the runs of one cause only. */
  readonly runsOf: (cause: RunCause) => string;
}

/** Failed runs grouped by cause: how often, where, and whether a later run succeeded. */
export function RunCauses({ causes, when, runsOf }: RunCausesProps) {
  return (
    <section class="card stack-small" aria-labelledby="causes">
      <h2 id="causes">{['What went wrong', when].filter(Boolean).join(' ')}</h2>
      <p>
        <strong>{countFailed(causes)}</strong> {mendedInWords(causes)}
      </p>
      <ul class="records causes">
        {causes.map((cause) => (
          <Cause key={cause.failureType} cause={cause} href={runsOf(cause)} />
        ))}
      </ul>
    </section>
  );
}

function Cause({ cause, href }: { readonly cause: RunCause; readonly href: string }) {
  const { failureType, count, state, meaning, advice, partners } = cause;
  const rest = partners.slice(SHOWN_PARTNERS);
  return (
    <li class="stack-small">
      <div class="record-head">
        <h3>{failureType}</h3>
        <GoodOrBad isGood={state === 'mended'}>{state === 'mended' ? 'mended' : 'still failing'}</GoodOrBad>
      </div>
      <p>
        {meaning}{' '}
        <a id={`cause-${failureType}`} href={href}>
          {plural(count, 'run')}
        </a>
      </p>
      <Partners partners={partners.slice(0, SHOWN_PARTNERS)} />
      {rest.length > 0 && (
        <details id={`more-${failureType}`}>
          <summary>{rest.length.toLocaleString('en')} more partners</summary>
          <Partners partners={rest} />
        </details>
      )}
      <p class="muted">{advice}</p>
    </li>
  );
}

function Partners({ partners }: { readonly partners: readonly PartnerCause[] }) {
  return (
    <ul class="plain">
      {partners.map((one) => (
        <li key={one.partner}>
          <strong>{one.partner}</strong>: {one.count > 1 ? `${plural(one.count, 'run')}, first ` : ''}
          {one.count > 1 && (
            <>
              <ExactTime at={one.firstAt} />, last{' '}
            </>
          )}
          <a id={`example-${one.exampleRunId}`} href={`/runs/${one.exampleRunId}`}>
            <ExactTime at={one.lastAt} />
          </a>
          . <Mended {...one} id={one.exampleRunId} />
          <div class="muted">{one.message}</div>
        </li>
      ))}
    </ul>
  );
}

/** How many runs failed, for example `12 syncs failed.` */
export function countFailed(causes: readonly RunCause[], when = ''): string {
  const count = causes.reduce((sum, one) => sum + one.count, 0);
  return `${plural(count, 'sync')} failed${when && ` ${when}`}.`;
}

/** Whether the causes are mended, for example `All partners have been synced since.` */
export function mendedInWords(causes: readonly RunCause[]): string {
  const failing = failingPartners(causes);
  if (failing.length > NAMED_PARTNERS) return `${failing.length} partners have not been synced since.`;
  if (failing.length > 0) return `Still failing: ${failing.join(', ')}.`;
  return 'Mended: each partner has been synced since.';
}

/** The partners without a successful run since their last failed one. */
function failingPartners(causes: readonly RunCause[]): string[] {
  const failing = causes.flatMap(({ partners }) => partners.filter(({ mendedAt }) => mendedAt === null));
  return [...new Set(failing.map(({ partner }) => partner))].sort();
}
