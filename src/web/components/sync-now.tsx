interface SyncNowProps {
  readonly partner: string;
  readonly isRunning: boolean;
}

/** Starts a sync and leads to its page; while one goes on, it says so. */
export function SyncNow({ partner, isRunning }: SyncNowProps) {
  if (isRunning) {
    return (
      <button type="button" disabled>
        A sync goes on
      </button>
    );
  }
  return (
    <form method="post" action="/runs">
      <input type="hidden" name="partner" value={partner} />
      <button type="submit" class="primary">
        Sync {partner} now
      </button>
    </form>
  );
}
