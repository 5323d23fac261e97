import type { ProviderChange } from '../../store/directory/read-provider-history';
import { ExactTime } from './time';

/** The field that says whether the partner lists the provider; its change needs no values. */
const LISTED = 'listed';

const FIELDS: Record<string, string> = {
  givenName: 'given name',
  familyName: 'family name',
  title: 'title',
  clinic: 'clinic',
};

interface ChangesProps {
  readonly changes: readonly ProviderChange[];
  /** The column that this page does not need. */
  readonly without: 'provider' | 'run';
}

/** Changes of fields, with the value before and after. */
export function Changes({ changes, without }: ChangesProps) {
  return (
    <div class="table-wrap">
      <table>
        <thead>
          <tr>
            <th scope="col">{without === 'provider' ? 'When' : 'Who'}</th>
            <th scope="col" class="wide">
              Field
            </th>
            <th scope="col">Before and after</th>
          </tr>
        </thead>
        <tbody>
          {changes.map((change) => (
            <tr key={change.id}>
              <td>
                {without === 'provider' ? (
                  <a href={`/runs/${change.runId}`}>
                    <ExactTime at={change.changedAt} />
                  </a>
                ) : (
                  <a href={`/providers/${change.providerId}`}>{change.providerName}</a>
                )}
              </td>
              <td class="wide">{nameOf(change)}</td>
              <td>
                <span class="narrow muted">{nameOf(change)}</span>
                {change.field !== LISTED && (
                  <>
                    <Value of={change.before} as="del" name="before" />{' '}
                    <Value of={change.after} as="ins" name="after" />
                  </>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function nameOf({ field, after }: ProviderChange): string {
  if (field === LISTED) return after === true ? 'returned to the partner’s list' : 'left the partner’s list';
  return FIELDS[field] ?? field.replace(/^attributes\./, '');
}

function Value({
  of,
  as: Element,
  name,
}: {
  readonly of: unknown;
  readonly as: 'del' | 'ins';
  readonly name: string;
}) {
  if (of === null || of === undefined) return null;
  const text =
    typeof of === 'string' ? of : typeof of === 'boolean' ? (of ? 'yes' : 'no') : JSON.stringify(of);
  return (
    <Element>
      <span class="visually-hidden">{name}: </span>
      {text}
    </Element>
  );
}
