import type { ComponentChildren } from 'preact';
import type { Finding, FoundRun } from '../../operations/health/finding';
import { Advice } from './advice';
import { Icon } from './icon';
import { Notice } from './notice';
import { Time } from './time';

interface FindingsProps {
  readonly findings: readonly Finding[];
  /** A sentence about the last hours, below the findings. */
  readonly children?: ComponentChildren;
}

/** Findings of the health checks, the most severe first. */
export function Findings({ findings, children }: FindingsProps) {
  if (findings.length === 0) {
    return (
      <Notice tone="ok">
        <p>All good. {children}</p>
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
                <Advice text={found.advice} />
              </span>
              <FoundRuns runs={found.runs} index={index} />
            </div>
          </li>
        ))}
      </ul>
      {children && <p class="findings-more">{children}</p>}
    </section>
  );
}

/** The start of a finding, or the time at which it was first seen. Empty if neither is known. */
export function Since({ since, sinceAtLeast }: Pick<Finding, 'since' | 'sinceAtLeast'>) {
  if (since === null) return null;
  return (
    <>
      {sinceAtLeast ? 'First seen' : 'Began'} <Time at={since} />.{' '}
    </>
  );
}

/** Lists the runs of a finding. A single run needs no list: the finding itself links to it. */
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
