import type { ComponentChildren } from 'preact';
import {
  CHANGE_KINDS,
  CHANGE_WORDS,
  type ChangeCounts,
  type ChangeKind,
  countOf,
} from '../../contract/changes';
import type { Provider } from '../../store/directory/provider-row';
import type { DirectoryChange } from '../../store/directory/read-changes';
import type { StoredRejectedRecord } from '../../store/directory/read-rejected-records';
import type { Page } from '../../store/lists/cursor';
import type { Run } from '../../store/runs/run-row';
import { ChangedPeople, ChangeTable } from './change-table';
import { ProviderTable } from './provider-table';
import { RejectedRecords } from './rejected-records';

/** The kinds whose changes have their own tables; new people are shown as providers. */
const KINDS = ['left', 'returned', 'changed'] as const satisfies ChangeKind[];

export interface RunResultsProps {
  readonly run: Run;
  readonly counts: ChangeCounts;
  /** The first changes of each kind. */
  readonly changes: Readonly<Record<(typeof KINDS)[number], Page<DirectoryChange>>>;
  readonly newcomers: Page<Provider>;
  readonly rejected: Page<StoredRejectedRecord>;
}

/** The first changes, rejected records and new providers of a run. */
export function RunResults({ run, counts, changes, newcomers, rejected }: RunResultsProps) {
  const address = addressOf(run);
  return (
    <>
      {run.inserted + run.updated + run.departed > 0 && (
        <section class="card stack-small" aria-labelledby="changes">
          <h2 id="changes">What changed</h2>
          <Summary run={run} counts={counts} />
          {KINDS.filter((kind) => counts[kind] > 0).map((kind) => (
            <Part key={kind} title={titleOf(kind)}>
              {kind === 'left' ? (
                <ChangedPeople changes={changes.left.items} />
              ) : (
                <ChangeTable changes={changes[kind].items} isOfOneRun />
              )}
              <More page={changes[kind]} total={countOf(counts, kind)} href={`${address}&kind=${kind}`} />
            </Part>
          ))}
          {newcomers.items.length > 0 && (
            <Part title={titleOf('new')}>
              <ProviderTable providers={newcomers.items} isOfOneRun />
              <More page={newcomers} total={run.inserted.toLocaleString('en')} href={`${address}&kind=new`} />
            </Part>
          )}
        </section>
      )}
      {rejected.items.length > 0 && (
        <section class="card" aria-labelledby="rejected">
          <h2 id="rejected">Rejected</h2>
          <RejectedRecords records={rejected.items} withRun={false} />
          <More
            page={rejected}
            total={run.rejected.toLocaleString('en')}
            href={`/rejected-records?runId=${run.id}`}
          />
        </section>
      )}
    </>
  );
}

function addressOf(run: Run): string {
  return `/changes?run=${run.id}`;
}

/** How many people the run changed, as links to their lists. */
function Summary({ run, counts }: Pick<RunResultsProps, 'run' | 'counts'>) {
  const kinds = CHANGE_KINDS.filter((kind) => counts[kind] > 0);
  const unmapped = run.updated - counts.returned - counts.changed;
  return (
    <p id="changed-counts">
      {kinds.map((kind, index) => (
        <>
          {index > 0 && ', '}
          <a href={`${addressOf(run)}&kind=${kind}`}>
            {kind === 'new' ? run.inserted.toLocaleString('en') : countOf(counts, kind)} {kind}
          </a>
        </>
      ))}
      {counts.atLeast.length === 0 && unmapped > 0 && (
        <>
          {kinds.length > 0 && '. '}
          {unmapped.toLocaleString('en')} changed only in{' '}
          <a href={`${addressOf(run)}&field=other`}>other fields of the partner</a>
        </>
      )}
      .
    </p>
  );
}

interface PartProps {
  readonly title: string;
  readonly children: ComponentChildren;
}

function Part({ title, children }: PartProps) {
  return (
    <>
      <h3 class="chart-title">{title}</h3>
      {children}
    </>
  );
}

function titleOf(kind: ChangeKind): string {
  const words = CHANGE_WORDS[kind];
  return words.charAt(0).toUpperCase() + words.slice(1);
}

interface MoreProps {
  readonly page: Page<unknown>;
  readonly total: string;
  readonly href: string;
}

function More({ page, total, href }: MoreProps) {
  return page.nextCursor ? (
    <p>
      First {page.items.length} of {total} · <a href={href}>Show all</a>
    </p>
  ) : null;
}
