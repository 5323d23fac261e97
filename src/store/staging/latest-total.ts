/** The SQL for the number of records in all pages, as the last page of `staged_pages` that states one states it. */
export const LATEST_TOTAL = '(array_agg(total ORDER BY page DESC) FILTER (WHERE total IS NOT NULL))[1]';
