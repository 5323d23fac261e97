/**
 * Starts a sync and leads to its page. It does not know whether one is running: the server does, and then leads
 * to that one.
 */
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

/** The same where there are several partners to choose from. */
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
