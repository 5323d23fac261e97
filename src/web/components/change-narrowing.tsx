import {
  CHANGE_KINDS,
  type ChangeCounts,
  type ChangeKind,
  countOf,
  totalInWords,
} from '../../contract/changes';
import { CHANGES_PERIODS, type ChangesPeriod, type PeriodInForce } from '../changes-period';
import { addressOf, type ChangesQuery } from '../changes-query';
import { Choices } from './choices';

const KIND_NAMES: Readonly<Record<ChangeKind, string>> = {
  new: 'New',
  left: 'Left',
  returned: 'Returned',
  changed: 'Changed',
};
interface ChangeNarrowingProps {
  readonly query: ChangesQuery;
  readonly period: PeriodInForce;
  readonly counts: ChangeCounts;
  /** Whether this browser has an earlier visit. */
  readonly hasVisited: boolean;
}

/** The periods and kinds, with the number of changes of each kind. */
export function ChangeNarrowing({ query, period, counts, hasVisited }: ChangeNarrowingProps) {
  const periods = (Object.keys(CHANGES_PERIODS) as ChangesPeriod[]).filter(
    (name) => name !== 'visit' || hasVisited,
  );
  return (
    <div class="narrowing">
      {query.run === undefined && (
        <Choices
          label="Period"
          choices={periods.map((name) => ({
            id: `period-${name}`,
            text: CHANGES_PERIODS[name],
            href: addressOf({ ...query, since: undefined, until: undefined, period: name }),
            isCurrent: period.name === name,
          }))}
        />
      )}
      <Choices
        label="Kind"
        choices={[
          {
            id: 'kind-all',
            text: `All ${totalInWords(counts)}`,
            href: addressOf({ ...query, kind: undefined }),
            isCurrent: query.kind === undefined,
          },
          ...CHANGE_KINDS.map((kind) => ({
            id: `kind-${kind}`,
            text: `${KIND_NAMES[kind]} ${countOf(counts, kind)}`,
            href: addressOf({ ...query, kind }),
            isCurrent: query.kind === kind,
          })),
        ]}
      />
    </div>
  );
}
