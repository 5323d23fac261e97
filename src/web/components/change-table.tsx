import type { ComponentChildren } from 'preact';
import {
  CHANGE_WORDS,
  type ChangeKind,
  type FieldChange,
  isUnmapped,
  nameOfField,
  valueInWords,
  withValues,
} from '../../contract/changes';
import type { ChangedProvider, DirectoryChange } from '../../store/directory/read-changes';
import { Icon, type IconName } from './icon';
import type { Tone } from './status';
import { ExactTime, Time } from './time';

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
    <div class="table-wrap">
      <table class="changes">
        <thead>
          <tr>
            <th scope="col">Who</th>
            <th scope="col">What</th>
            {!isOfOneRun && (
              <th scope="col" class="wide">
                When
              </th>
            )}
          </tr>
        </thead>
        {byPerson(changes).map(([provider, own]) => (
          <tbody key={provider.id}>
            {own.map((change, index) => (
              <tr key={`${change.runId} ${change.kind}`}>
                {index === 0 && <Who provider={provider} rows={own.length} isOfOneRun={isOfOneRun} />}
                <td>
                  <What change={change} isUnfolded={isUnfolded} />
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
      </table>
    </div>
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

function Person({ provider: { id, familyName, givenName } }: { readonly provider: ChangedProvider }) {
  return (
    <a href={`/providers/${id}`}>
      {familyName}, {givenName}
    </a>
  );
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

const LOOKS: Readonly<
  Record<Exclude<ChangeKind, 'changed'>, { readonly tone: Tone; readonly icon: IconName }>
> = {
  new: { tone: 'ok', icon: 'check' },
  left: { tone: 'warn', icon: 'skip' },
  returned: { tone: 'busy', icon: 'turn' },
};

function What({
  change: { kind, changes },
  isUnfolded,
}: {
  readonly change: DirectoryChange;
  readonly isUnfolded: boolean;
}) {
  const fields = withValues(changes);
  const unmapped = fields.filter(({ field }) => isUnmapped(field));
  const mapped = fields.filter(({ field }) => !isUnmapped(field));
  return (
    <>
      {kind !== 'changed' && (
        <span class={`happened tone-${LOOKS[kind].tone}`}>
          <Icon name={LOOKS[kind].icon} /> {CHANGE_WORDS[kind]}
        </span>
      )}
      <Fields changes={isUnfolded ? fields : mapped} />
      {!isUnfolded && unmapped.length > 0 && (
        <details>
          <summary>
            {unmapped.length} unmapped {unmapped.length === 1 ? 'field' : 'fields'}
          </summary>
          <Fields changes={unmapped} />
        </details>
      )}
    </>
  );
}

function Fields({ changes }: { readonly changes: readonly FieldChange[] }) {
  if (changes.length === 0) return null;
  return (
    <ul class="fields">
      {changes.map(({ field, before, after }) => (
        <li key={field}>
          <span class="muted">{nameOfField(field)}</span> <Value of={before} as="del" name="before" />
          <Icon name="arrow" /> <Value of={after} as="ins" name="after" />
        </li>
      ))}
    </ul>
  );
}

interface ValueProps {
  readonly of: FieldChange['before'];
  readonly as: 'del' | 'ins';
  readonly name: string;
}

function Value({ of, as: Element, name }: ValueProps) {
  const text = valueInWords(of);
  return text === '' ? (
    <span class="muted">none </span>
  ) : (
    <Element>
      <span class="visually-hidden">{name}: </span>
      {text}
    </Element>
  );
}
