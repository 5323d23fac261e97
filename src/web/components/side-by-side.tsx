import type { ComponentChildren } from 'preact';
import { isUnmapped, nameOfField, valueInWords } from '../../contract/changes';
import type { ComparedField } from '../../store/directory/compare-providers';

/** More unmapped fields are folded. */
const SHOWN_UNMAPPED = 4;

interface SideBySideProps {
  readonly fields: readonly ComparedField[];
  /** What the table compares, for screen readers. */
  readonly caption: string;
  /** The headings of the two columns. */
  readonly left: ComponentChildren;
  readonly right: ComponentChildren;
  /** Whether the fields with the same value are named below the table, instead of in rows of their own. */
  readonly onlyDifferences?: boolean;
}

/** Two people or versions field by field. A word marks the fields that differ. */
export function SideBySide({ fields: all, caption, left, right, onlyDifferences = false }: SideBySideProps) {
  const fields = onlyDifferences ? all.filter(({ differs }) => differs) : all;
  const same = all.filter((field) => !fields.includes(field));
  const unmapped = fields.filter(({ field }) => isUnmapped(field));
  const folded = unmapped.length > SHOWN_UNMAPPED ? unmapped : [];
  return (
    <div>
      <FieldTable
        fields={fields.filter((field) => !folded.includes(field))}
        caption={caption}
        left={left}
        right={right}
      />
      {folded.length > 0 && (
        <details class="folded">
          <summary>{countsOf(folded)}</summary>
          <FieldTable fields={folded} caption={`${caption}: other fields`} left={left} right={right} />
        </details>
      )}
      {same.length > 0 && (
        <p class="same muted">The same: {same.map(({ field }) => labelOf(field)).join(', ')}</p>
      )}
    </div>
  );
}

function labelOf(field: ComparedField['field']): string {
  return field === 'listed' ? 'in the partner’s list' : nameOfField(field);
}

/** For example `13 other fields, 12 of them differ`. */
function countsOf(fields: readonly ComparedField[]): string {
  const differing = fields.filter(({ differs }) => differs).length;
  const rest =
    differing === 0 ? 'all the same' : `${differing} of them ${differing === 1 ? 'differs' : 'differ'}`;
  return `${fields.length} other fields, ${rest}`;
}

function FieldTable({ fields, caption, left, right }: Omit<SideBySideProps, 'onlyDifferences'>) {
  return (
    <table class="side-by-side">
      <caption class="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">{left}</th>
          <th scope="col">{right}</th>
        </tr>
      </thead>
      <tbody>
        {fields.map((field) => (
          <Row key={field.field} of={field} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ of: { field, left, right, differs } }: { readonly of: ComparedField }) {
  return (
    <tr class={differs ? 'differs' : ''}>
      <th scope="row">
        {labelOf(field)} {differs && <span class="mark">differs</span>}
      </th>
      <td>
        <Value of={left} />
      </td>
      <td>
        <Value of={right} />
      </td>
    </tr>
  );
}

function Value({ of }: { readonly of: ComparedField['left'] }) {
  const text = of === undefined ? '' : valueInWords(of);
  return <span class={text ? '' : 'muted'}>{text || 'none'}</span>;
}
