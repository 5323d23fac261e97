import type { ComponentChildren } from 'preact';
import type { Tone } from './status';

/** An important message above the content. */
export function Notice({ tone, children }: { readonly tone: Tone; readonly children: ComponentChildren }) {
  return (
    <div class={`notice tone-${tone}`}>
      <div>{children}</div>
    </div>
  );
}

/** Shown in place of an empty list: why it is empty, and what to do. */
export function Empty({
  title,
  children,
}: {
  readonly title: string;
  readonly children?: ComponentChildren;
}) {
  return (
    <div class="empty">
      <strong>{title}</strong>
      {children}
    </div>
  );
}
