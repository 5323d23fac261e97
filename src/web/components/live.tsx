import type { ComponentChildren } from 'preact';

interface LiveProps {
  /** Of the part whose content is replaced when something has changed. */
  readonly id: string;
  /** Where that part is to be had. */
  readonly url: string;
  /** Where server-sent events say that it has changed; null where nothing more is to come. */
  readonly events: string | null;
  /** Seconds after which it is asked for though nothing was said: time goes on. */
  readonly every: number;
  /** What is read out once it has changed, and nothing else of the part is. */
  readonly news?: string;
  readonly children: ComponentChildren;
}

/** A part of a page that keeps up with what happens, while scripts run and the page is shown. */
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
