import type { ComponentChildren } from 'preact';
import type { Tone } from './status';

/** Something to know, or to do, before reading on. */
export function Notice({ tone, children }: { readonly tone: Tone; readonly children: ComponentChildren }) {
  return (
    <div class={`notice tone-${tone}`}>
      <div>{children}</div>
    </div>
  );
}

/** What stands where a list has nothing to show: why, and what to do. */
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
