import type { Finding, FoundRun } from '../../operations/health/finding';
import { Icon } from './icon';
import { Notice } from './notice';
import { Time } from './time';

/** What is broken or needs attention, the worst first. */
export function Findings({ findings }: { readonly findings: readonly Finding[] }) {
  if (findings.length === 0) {
    return (
      <Notice tone="ok">
        <p>All good.</p>
      </Notice>
    );
  }
  return (
    <section aria-labelledby="findings" class="card">
      <h2 id="findings">Needs attention</h2>
      <ul class="findings">
        {findings.map((found, index) => (
          <li
            key={`${found.code} ${found.partner}`}
            class={`tone-${found.severity === 'failing' ? 'bad' : 'warn'}`}
          >
            <Icon name={found.severity === 'failing' ? 'cross' : 'warning'} />
            <div>
              {found.link ? (
                <a id={`finding-${index}`} href={found.link}>
                  {found.what}
                </a>
              ) : (
                found.what
              )}{' '}
              <span class="muted">
                <Since {...found} />
                {found.advice}
              </span>
              <FoundRuns runs={found.runs} index={index} />
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** When it began, or since when it has been there at least; nothing where that is not known. */
export function Since({ since, sinceAtLeast }: Pick<Finding, 'since' | 'sinceAtLeast'>) {
  if (since === null) return null;
  return (
    <>
      {sinceAtLeast ? 'First seen' : 'It began'} <Time at={since} />.{' '}
    </>
  );
}

/** One run is what the finding's own link leads to. */
function FoundRuns({ runs, index }: { readonly runs: readonly FoundRun[]; readonly index: number }) {
  if (runs.length < 2) return null;
  return (
    <ul class="plain">
      {runs.map(({ workflowId, partner, since }, position) => (
        <li key={workflowId}>
          <a id={`finding-${index}-run-${position}`} href={`/runs/${encodeURIComponent(workflowId)}`}>
            {partner ?? workflowId}
          </a>
          {since && (
            <span class="muted">
              {' '}
              <Time at={since} />
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
