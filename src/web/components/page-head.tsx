import type { ComponentChildren } from 'preact';

interface PageHeadProps {
  readonly title: ComponentChildren;
  /** A sentence below the title. */
  readonly lead?: ComponentChildren;
  /** The actions of the page, such as buttons. */
  readonly children?: ComponentChildren;
}

/** The title of a page, with a sentence below it and its actions. */
export function PageHead({ title, lead, children }: PageHeadProps) {
  return (
    <div class="page-head">
      <div>
        <h1>{title}</h1>
        {lead && <p class="lead">{lead}</p>}
      </div>
      {children && <div class="actions">{children}</div>}
    </div>
  );
}
