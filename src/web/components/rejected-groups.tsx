import { explainCount, explainPerson, explainPresence } from '../../contract/rejected';
import type { RejectedGroup } from '../../store/directory/read-rejected-groups';
import { groupAddress } from '../addresses';
import { REJECTED_STATE_NAMES } from './rejected-state';
import { Time } from './time';

/** People and faults in words. Each leads to its records. */
export function RejectedGroups({ groups }: { readonly groups: readonly RejectedGroup[] }) {
  return (
    <ul class="records">
      {groups.map((group) => (
        <li key={group.id}>
          <div class="record-head">
            <a href={groupAddress(group.id)}>
              <strong>{group.problem}</strong>
            </a>
            <span class="muted">
              {group.state !== 'open' && `${REJECTED_STATE_NAMES[group.state]}, `}
              {group.partner}
            </span>
          </div>
          <p class="muted">
            <GroupFacts group={group} />
          </p>
        </li>
      ))}
    </ul>
  );
}

/** How often and when the records came, and whether the person is in the directory. */
export function GroupFacts({ group }: { readonly group: RejectedGroup }) {
  return (
    <>
      {explainCount(group.count)},{' '}
      {group.count > 1 && (
        <>
          first <Time at={group.firstAt} />,{' '}
        </>
      )}
      last{' '}
      <a href={`/runs/${group.runId}`}>
        <Time at={group.lastAt} />
      </a>
      . <People group={group} />
    </>
  );
}

function People({ group }: { readonly group: RejectedGroup }) {
  const { presence, providerIds } = group;
  return (
    <>
      {explainPresence(presence)}
      {providerIds.map((id, index) => (
        <span key={id}>
          {' '}
          <a href={`/providers/${id}`}>
            See {explainPerson(group)}
            {providerIds.length > 1 && ` (${index + 1})`}
          </a>
        </span>
      ))}
    </>
  );
}
