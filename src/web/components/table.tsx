import type { ComponentChildren } from 'preact';

/** The heading of a column; with a class such as `wide`, which a phone leaves out, or `number`. */
type Column = string | readonly [heading: ComponentChildren, className?: string];

interface TableProps {
  readonly columns: readonly Column[];
  readonly class?: string;
  /** What the table is about, if no heading says it. */
  readonly label?: string;
  /** The bodies of the table. */
  readonly children: ComponentChildren;
}

/** A table that scrolls by itself if it is wider than the page. */
export function Table({ columns, class: className, label, children }: TableProps) {
  return (
    <div class="table-wrap">
      <table class={className} aria-label={label}>
        <thead>
          <tr>
            {columns.map((column) => {
              const [heading, columnClass] = typeof column === 'string' ? [column] : column;
              return (
                <th scope="col" class={columnClass}>
                  {heading}
                </th>
              );
            })}
          </tr>
        </thead>
        {children}
      </table>
    </div>
  );
}
