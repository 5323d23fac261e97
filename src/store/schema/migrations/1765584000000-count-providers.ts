import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Longer values are not counted. They do not fit into the key. */
const SHORT_BYTES = 1_000;

const short = (column: string) => `CASE WHEN octet_length(${column}) <= ${SHORT_BYTES} THEN ${column} END`;

/**
 * Adds rows of providers to the counts, or takes them away. There is no join, so that one plan fits ten rows and a
 * million.
 *
 * @param rows selects the providers, with the `sign` 1 for those to add and -1 for those to take away
 */
const count = (rows: string) => `
  WITH counted AS (
    SELECT partner, listed, sign, ${short('title')} AS title, ${short('clinic')} AS clinic,
      CASE WHEN name_key >= 'a' AND name_key < '{' THEN upper(left(name_key, 1)) ELSE '#' END AS letter
    FROM (${rows}) rows
  ), grouped AS (
    SELECT partner, CASE WHEN GROUPING(title) = 0 THEN 'title' WHEN GROUPING(clinic) = 0 THEN 'clinic' ELSE 'letter' END AS field,
      CASE WHEN GROUPING(title) = 0 THEN title WHEN GROUPING(clinic) = 0 THEN clinic ELSE letter END AS value,
      sum(sign)::integer AS total, coalesce(sum(sign) FILTER (WHERE listed), 0)::integer AS listed
    FROM counted
    GROUP BY GROUPING SETS ((partner, title), (partner, clinic), (partner, letter))
  ), differing AS MATERIALIZED (
    SELECT * FROM grouped WHERE value IS NOT NULL AND (total <> 0 OR listed <> 0)
  ), known AS (
    INSERT INTO provider_counts AS known (field, partner, value, total, listed)
    SELECT field, partner, value, total, listed FROM differing
    UNION ALL
    SELECT 'all', partner, '', coalesce(sum(total) FILTER (WHERE field = 'letter'), 0),
      coalesce(sum(listed) FILTER (WHERE field = 'letter'), 0)
    FROM differing GROUP BY partner
    ORDER BY 1, 2, 3
    ON CONFLICT (field, partner, value)
      DO UPDATE SET total = known.total + excluded.total, listed = known.listed + excluded.listed
    RETURNING field, total
  )
  SELECT bool_or(total = 0 AND field <> 'all') INTO has_empty FROM known`;

const ADD = 'SELECT partner, title, clinic, name_key, listed, 1 AS sign';
const TAKE_AWAY = 'SELECT partner, title, clinic, name_key, listed, -1 AS sign';

const FUNCTIONS = [
  `CREATE FUNCTION count_changed_providers() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
   DECLARE
     has_empty boolean;
   BEGIN
     -- Most saves change nothing. Then this is all that they pay.
     IF TG_OP = 'INSERT' THEN
       IF EXISTS (SELECT FROM added) THEN
         ${count(`${ADD} FROM added`)};
       END IF;
     ELSIF TG_OP = 'UPDATE' THEN
       IF EXISTS (SELECT FROM added) THEN
         ${count(`${ADD} FROM added UNION ALL ${TAKE_AWAY} FROM removed`)};
       END IF;
     ELSIF TG_OP = 'DELETE' THEN
       ${count(`${TAKE_AWAY} FROM removed`)};
     ELSE
       DELETE FROM provider_counts;
     END IF;
     IF has_empty THEN
       DELETE FROM provider_counts WHERE total = 0 AND field <> 'all';
     END IF;
     RETURN NULL;
   END $$`,
  `CREATE FUNCTION recount_providers() RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
   DECLARE
     has_empty boolean;
   BEGIN
     LOCK TABLE providers IN SHARE ROW EXCLUSIVE MODE;
     DELETE FROM provider_counts;
     ${count(`${ADD} FROM providers`)};
   END $$`,
];

const TRIGGERS = [
  ['inserted', 'INSERT', 'REFERENCING NEW TABLE AS added'],
  ['updated', 'UPDATE', 'REFERENCING OLD TABLE AS removed NEW TABLE AS added'],
  ['deleted', 'DELETE', 'REFERENCING OLD TABLE AS removed'],
  ['truncated', 'TRUNCATE', ''],
] as const;

/**
 * Keeps the numbers of providers by partner, title, clinic and first letter. Triggers keep them, so that they are exact
 * whoever writes: workers of an earlier version, an erasure, or an operator by SQL. While the providers are counted
 * for the first time, which took 7 s for a million, no sync is stored.
 */
export class CountProviders1765584000000 implements MigrationInterface {
  readonly name = 'CountProviders1765584000000';
  readonly derivedTables = ['provider_counts'];

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE provider_counts (
        field text COLLATE "C" NOT NULL,
        partner text COLLATE "C" NOT NULL,
        value text COLLATE "C" NOT NULL,
        total integer NOT NULL,
        listed integer NOT NULL,
        CONSTRAINT provider_counts_pkey PRIMARY KEY (field, partner, value)
      )`);
    for (const statement of FUNCTIONS) await runner.query(statement);
    for (const [name, event, tables] of TRIGGERS) {
      await runner.query(
        `CREATE TRIGGER providers_${name} AFTER ${event} ON providers ${tables}
         FOR EACH STATEMENT EXECUTE FUNCTION count_changed_providers()`,
      );
    }
    await runner.query('SELECT recount_providers()');
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [name] of TRIGGERS) await runner.query(`DROP TRIGGER providers_${name} ON providers`);
    await runner.query('DROP FUNCTION count_changed_providers(), recount_providers()');
    await runner.query('DROP TABLE provider_counts');
  }
}
