import type { ComponentChildren } from 'preact';

interface LiveProps {
  /** The id of the part whose content is replaced after a change. */
  readonly id: string;
  /** The address of the page that contains the part. */
  readonly url: string;
  /** The address of server-sent events that report changes; null if no more changes can come. */
  readonly events: string | null;
  /** Seconds between two requests without an event, because times such as "5 minutes ago" change too. */
  readonly every: number;
  /** The text that screen readers announce after a change. They announce nothing else of the part. */
  readonly news?: string;
  readonly children: ComponentChildren;
}

/** A part of a page that updates itself while the page is visible. It needs scripts. */
export function Live({ id, url, events, every, news, children }: LiveProps) {
  return (
    <div {...(events && { 'data-events': events, 'data-look': `${id}-look` })}>
      {news !== undefined && (
        <p id={`${id}-news`} class="visually-hidden" role="status">
          {news}
        </p>
      )}
      <div id={id} class="stack">
        {children}
        {events && (
          <div
            id={`${id}-look`}
            hidden
            hx-get={url}
            hx-trigger={`changed, every ${every}s`}
            hx-target={`#${id}`}
            hx-select={`#${id} > *`}
            hx-sync="this:drop"
            {...(news !== undefined && { 'hx-select-oob': `#${id}-news:innerHTML` })}
          />
        )}
      </div>
    </div>
  );
}
