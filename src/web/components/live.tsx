import type { ComponentChildren } from 'preact';

interface LiveProps {
  /** Of the part that is replaced when something has changed. */
  readonly id: string;
  /** Where that part is to be had. */
  readonly url: string;
  /** The server-sent event that says that it has changed, and where it comes from; null where nothing goes on. */
  readonly event: string;
  readonly events: string | null;
  readonly children: ComponentChildren;
}

/** A part of a page that keeps up with what goes on, while scripts run. */
export function Live({ id, url, event, events, children }: LiveProps) {
  return (
    <div {...(events && { 'hx-ext': 'sse', 'sse-connect': events, 'sse-close': 'ended' })}>
      <div
        id={id}
        class="stack"
        hx-get={url}
        hx-trigger={`sse:${event}`}
        hx-select={`#${id}`}
        hx-swap="outerHTML"
      >
        {children}
      </div>
    </div>
  );
}
