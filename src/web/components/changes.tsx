import type { ProviderChange } from '../../store/directory/read-provider-history';
import { ExactTime } from './time';

const FIELDS: Record<string, string> = {
  givenName: 'given name',
  familyName: 'family name',
  title: 'title',
  clinic: 'clinic',
  listed: 'in the partner’s list',
};

interface ChangesProps {
  readonly changes: readonly ProviderChange[];
  /** Which column is of no use on this page. */
  readonly without: 'provider' | 'run';
}

/** What changed, as before and after. */
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
              <td class="wide">{nameOf(change.field)}</td>
              <td>
                <span class="narrow muted">{nameOf(change.field)}</span>
                <Value of={change.before} as="del" name="before" />{' '}
                <Value of={change.after} as="ins" name="after" />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function nameOf(field: string): string {
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
