import type { DataSource } from 'typeorm';

const COUNTED = `
  SELECT field, partner, value, count(*)::integer AS total, (count(*) FILTER (WHERE listed))::integer AS listed
  FROM providers CROSS JOIN LATERAL (
    VALUES ('all', ''), ('title', title), ('clinic', clinic),
      ('letter', CASE WHEN name_key ~ '^[a-z]' THEN upper(left(name_key, 1)) ELSE '#' END)
  ) fields (field, value)
  WHERE octet_length(value) <= 1000
  GROUP BY field, partner, value`;

const KEPT = `SELECT field, partner, value, total, listed FROM provider_counts WHERE total <> 0 OR field <> 'all'`;

/** Expects that the kept counts of the directory are those of its rows. */
export async function expectExactCounts(dataSource: Pick<DataSource, 'query'>): Promise<void> {
  const differing = await dataSource.query(
    `(${COUNTED} EXCEPT ${KEPT}) UNION ALL (${KEPT} EXCEPT ${COUNTED}) ORDER BY 1, 2, 3`,
  );
  expect(differing).toEqual([]);
}
