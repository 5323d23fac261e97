import type { ComponentChildren } from 'preact';

interface LiveProps {
  /** Of the part whose content is replaced when something has changed. */
  readonly id: string;
  /** Where that part is to be had. */
  readonly url: string;
  /** The server-sent event that says that it has changed, and where it comes from; null where nothing is under way. */
  readonly event: string;
  readonly events: string | null;
  /** What is read out once it has changed, and nothing else of the part is. */
  readonly news?: string;
  readonly children: ComponentChildren;
}

/** A part of a page that keeps up with what happens, while scripts run. */
export function Live({ id, url, event, events, news, children }: LiveProps) {
  return (
    <div {...(events && { 'hx-ext': 'sse', 'sse-connect': events, 'sse-close': 'ended' })}>
      {news !== undefined && (
        <p id={`${id}-news`} class="visually-hidden" role="status">
          {news}
        </p>
      )}
      <div
        id={id}
        class="stack"
        hx-get={url}
        hx-trigger={`sse:${event}`}
        hx-select={`#${id} > *`}
        {...(news !== undefined && { 'hx-select-oob': `#${id}-news:innerHTML` })}
      >
        {children}
      </div>
    </div>
  );
}
