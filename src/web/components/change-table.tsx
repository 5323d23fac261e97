import type { ComponentChildren } from 'preact';
import { sortedName } from '../../contract/person-names';
import type { ChangedProvider, DirectoryChange } from '../../store/directory/read-changes';
import { Table } from './table';
import { ExactTime, Time } from './time';
import { WhatChanged } from './what-changed';

interface ChangeTableProps {
  readonly changes: readonly DirectoryChange[];
  /** Whether the changes are of one run, so that their time and run need no column. */
  readonly isOfOneRun?: boolean;
  /** Whether changes of unmapped fields are shown, and not folded away. */
  readonly isUnfolded?: boolean;
}

/** Changes by person: who, what with the values before and after, and in which run. */
export function ChangeTable({ changes, isOfOneRun = false, isUnfolded = false }: ChangeTableProps) {
  return (
    <Table class="changes" columns={['Who', 'What', ...(isOfOneRun ? [] : [['When', 'wide'] as const])]}>
      {byPerson(changes).map(([provider, own]) => (
        <tbody key={provider.id}>
          {own.map((change, index) => (
            <tr key={`${change.runId} ${change.kind}`}>
              {index === 0 && <Who provider={provider} rows={own.length} isOfOneRun={isOfOneRun} />}
              <td>
                <WhatChanged {...change} isUnfolded={isUnfolded} />
                {!isOfOneRun && (
                  <div class="narrow">
                    <RunLink runId={change.runId}>
                      <Time at={change.changedAt} />
                    </RunLink>
                  </div>
                )}
              </td>
              {!isOfOneRun && (
                <td class="wide when">
                  <When change={change} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      ))}
    </Table>
  );
}

/** The items of each person together, in the order of each person's first item. */
function byPerson(changes: readonly DirectoryChange[]): [ChangedProvider, DirectoryChange[]][] {
  const people = new Map<string, [ChangedProvider, DirectoryChange[]]>();
  for (const change of changes) {
    const { provider } = change;
    const person = people.get(provider.id) ?? [provider, []];
    people.set(provider.id, person);
    person[1].push(change);
  }
  return [...people.values()];
}

interface WhoProps {
  readonly provider: ChangedProvider;
  readonly rows: number;
  /** A run has one partner. */
  readonly isOfOneRun: boolean;
}

function Who({ provider, rows, isOfOneRun }: WhoProps) {
  const { clinic, partner } = provider;
  return (
    <th scope="rowgroup" rowSpan={rows} class="who">
      <Person provider={provider} />
      <span class="where muted">{[clinic, !isOfOneRun && partner].filter(Boolean).join(', ')}</span>
    </th>
  );
}

function Person({ provider }: { readonly provider: ChangedProvider }) {
  return <a href={`/providers/${provider.id}`}>{sortedName(provider)}</a>;
}

/** People of one run and one kind, which needs no more words. */
export function ChangedPeople({ changes }: { readonly changes: readonly DirectoryChange[] }) {
  return (
    <ul class="plain">
      {changes.map(({ provider }) => (
        <li key={provider.id}>
          <Person provider={provider} /> <span class="muted">{provider.clinic}</span>
        </li>
      ))}
    </ul>
  );
}

function When({ change: { changedAt, runId } }: { readonly change: DirectoryChange }) {
  return (
    <>
      <RunLink runId={runId}>
        <ExactTime at={changedAt} />
      </RunLink>{' '}
      <span class="age muted">
        <Time at={changedAt} />
      </span>
    </>
  );
}

function RunLink({
  runId,
  children,
}: {
  readonly runId: string | null;
  readonly children: ComponentChildren;
}) {
  return runId === null ? <span>{children}</span> : <a href={`/runs/${runId}`}>{children}</a>;
}
