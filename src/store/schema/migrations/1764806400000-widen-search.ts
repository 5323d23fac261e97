import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Writes the letters out that people also write as two: ä as ae, å as aa. Null if there are none of them. */
const SPELL_OUT = `
  CREATE FUNCTION spell_out(name text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
  DECLARE
    spelled text COLLATE "C" := normalize(left(name, 200), NFC);
  BEGIN
    IF spelled !~ '[ÄäÅåÖöØøÜü]' THEN
      RETURN NULL;
    END IF;
    spelled := replace(replace(translate(spelled, 'ÄÅÖØÜø', 'äåöøüö'), 'ä', 'ae'), 'å', 'aa');
    RETURN replace(replace(replace(spelled, 'ö', 'oe'), 'ø', 'oe'), 'ü', 'ue');
  END $$`;

/*
 * The words of a provider in each form in which a search may write them: as fold_name makes them, names of several
 * words also without spaces, and with two letters for one (the spelled ones) or one for two. A space is before and after
 * every word.
 */
const SEARCH_TEXT = `
  CREATE FUNCTION search_text(
    family text, given text, title text, clinic text,
    spelled_family text, spelled_given text, spelled_clinic text)
  RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
  DECLARE
    written text COLLATE "C" := ' ' || family || ' ' || given || ' ';
    contracted text COLLATE "C";
  BEGIN
    IF strpos(family, ' ') > 0 THEN
      written := written || replace(family, ' ', '') || ' ';
    END IF;
    IF strpos(given, ' ') > 0 THEN
      written := written || replace(given, ' ', '') || ' ';
    END IF;
    IF title <> '' THEN
      written := written || title || ' ';
    END IF;
    IF clinic <> '' THEN
      written := written || clinic || ' ';
    END IF;
    IF strpos(written, '  ') > 0 THEN
      written := regexp_replace(written, ' +', ' ', 'g');
    END IF;
    IF octet_length(written) > char_length(written) THEN
      written := replace(replace(replace(translate(written, 'ð', 'd'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th');
    END IF;
    contracted := replace(replace(replace(replace(written, 'aa', 'a'), 'ae', 'a'), 'oe', 'o'), 'ue', 'u');
    IF contracted = written THEN
      contracted := '';
    END IF;
    IF spelled_family IS NOT NULL THEN
      written := written || spelled_family || ' ' || replace(spelled_family, ' ', '') || ' ';
    END IF;
    IF spelled_given IS NOT NULL THEN
      written := written || spelled_given || ' ' || replace(spelled_given, ' ', '') || ' ';
    END IF;
    IF spelled_clinic IS NOT NULL THEN
      written := written || spelled_clinic || ' ';
    END IF;
    RETURN written || contracted;
  END $$`;

const ALL_TEXTS = `family_name || given_name || coalesce(title, '') || coalesce(clinic, '')`;

/** The same as fold_name of a text of ASCII, but in a fifth of the time; several spaces may remain between two words. */
const foldAscii = (column: string) =>
  `btrim(translate(lower(left(${column}, 200) COLLATE "C"), E'[] \\t\\n\\x0B\\f\\r\\\\%.,;:/()"_&-\\'\`', repeat(' ', 21)))`;

const SEARCH_KEY = `
  CASE
    WHEN octet_length(${ALL_TEXTS}) = char_length(${ALL_TEXTS}) THEN search_text(
      ${foldAscii('family_name')}, ${foldAscii('given_name')},
      ${foldAscii(`coalesce(title, '')`)}, ${foldAscii(`coalesce(clinic, '')`)},
      NULL, NULL, NULL)
    ELSE search_text(
      fold_name(family_name), fold_name(given_name),
      coalesce(fold_name(title), ''), coalesce(fold_name(clinic), ''),
      fold_name(spell_out(family_name)), fold_name(spell_out(given_name)), fold_name(spell_out(clinic)))
  END`;

/**
 * Makes the search find titles and clinics, and names that are written otherwise: Mueller and Müller, Smithjones and
 * Smith-Jones. The identity of a provider stays as it is. The table is rewritten, which took a minute for a million
 * providers.
 */
export class WidenSearch1764806400000 implements MigrationInterface {
  readonly name = 'WidenSearch1764806400000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(SPELL_OUT);
    await runner.query(SEARCH_TEXT);
    await runner.query(`DROP INDEX providers_search`);
    await runner.query(`
      ALTER TABLE providers
        ADD COLUMN search_key text COLLATE "C" NOT NULL GENERATED ALWAYS AS (${SEARCH_KEY}) STORED`);
    await runner.query(await searchIndex(runner, 'search_key'));
    await runner.query(`ANALYZE providers`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE providers DROP COLUMN search_key`);
    await runner.query(`DROP FUNCTION search_text(text, text, text, text, text, text, text)`);
    await runner.query(`DROP FUNCTION spell_out(text)`);
    await runner.query(await searchIndex(runner, 'name_key'));
  }
}

/** The extension of the trigrams may be in a schema of its own. */
async function searchIndex(runner: QueryRunner, column: string): Promise<string> {
  const [{ schema }]: [{ schema: string }] = await runner.query(
    `SELECT extnamespace::regnamespace::text AS schema FROM pg_extension WHERE extname = 'pg_trgm'`,
  );
  return `CREATE INDEX providers_search ON providers USING gin (${column} ${schema}.gin_trgm_ops)`;
}
