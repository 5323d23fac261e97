/**
 * The WITH of a query over every partner that ever had a run. Postgres would read all runs to find the few
 * names among them; this looks each one up in the index.
 */
export const WITH_PARTNERS = `
  WITH RECURSIVE found (partner) AS (
    SELECT min(partner) FROM sync_runs
    UNION ALL
    SELECT (SELECT min(partner) FROM sync_runs WHERE sync_runs.partner > found.partner)
    FROM found WHERE found.partner IS NOT NULL
  ), partners AS (
    SELECT partner FROM found WHERE partner IS NOT NULL
  )`;
