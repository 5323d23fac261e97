/** Starts a sync and opens its page. If a sync of the partner is already running, the server opens that one. */
export function SyncNow({ partner }: { readonly partner: string }) {
  return (
    <form method="post" action="/runs">
      <input type="hidden" name="partner" value={partner} />
      <button type="submit" id={`sync-${partner}`} class="primary">
        Sync {partner} now
      </button>
    </form>
  );
}

/** Starts a sync of a partner that the operator chooses; no choice is shown for a single partner. */
export function SyncOneNow({ partners }: { readonly partners: readonly string[] }) {
  const [first] = partners;
  if (partners.length === 1 && first) return <SyncNow partner={first} />;
  return (
    <form method="post" action="/runs" class="actions">
      <select name="partner" aria-label="Partner to sync">
        {partners.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <button type="submit" class="primary">
        Sync now
      </button>
    </form>
  );
}
