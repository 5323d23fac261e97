import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Characters that are not shown: Unicode's Default_Ignorable_Code_Point. */
const INVISIBLE =
  '\\u00AD\\u034F\\u061C\\u115F-\\u1160\\u17B4-\\u17B5\\u180B-\\u180F\\u200B-\\u200F\\u202A-\\u202E\\u2060-\\u206F\\u3164\\uFE00-\\uFE0F\\uFEFF\\uFFA0\\uFFF0-\\uFFF8\\U0001BCA0-\\U0001BCA3\\U0001D173-\\U0001D17A\\U000E0000-\\U000E0FFF';

/**
 * Letters that become others, frequent scripts first: capitals become small, ς becomes σ, and a letter that no
 * decomposition leads to a plain one becomes that.
 */
const LETTERS = [
  ['ÆÐØÞøĐđĦħıŁłŊŒŦŧƏ', 'æðoþoddhhillŋœttə'],
  ['ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩς', 'αβγδεζηθικλμνξοπρστυφχψωσ'],
  ['ЂЄЅІЈЉЊЋЏАБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯҐ', 'ђєѕіјљњћџабвгдежзиклмнопрстуфхцчшщъыьэюяґ'],
  ['ԱԲԳԴԵԶԷԸԹԺԻԼԽԾԿՀՁՂՃՄՅՆՇՈՉՊՋՌՍՎՏՐՑՒՓՔՕՖ', 'աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆ'],
  [
    'ƁƂƄƆƇƉƊƋƎƐƑƓƔƖƗƘƜƝƟƢƤƦƧƩƬƮƱƲƳƵƷƸƼǤǶǷȜȠȢȤȺȻȽȾɁɃɄɅɆɈɊɌɎͰͲͶͿϏϘϚϜϞϠϢϤϦϨϪϬϮϷϺϽϾϿѠѢѤѦѨѪѬѮѰѲѴѸѺѼѾҀҊҌҎҒҔҖҘҚҜҞҠҢҤҦҨҪҬҮҰҲҴҶҸҺҼҾӀӃӅӇӉӋӍӔӘӠӨӶӺӼӾԀԂԄԆԈԊԌԎԐԒԔԖԘԚԜԞԠԢԤԦԨԪԬԮႠႡႢႣႤႥႦႧႨႩႪႫႬႭႮႯႰႱႲႳႴႵႶႷႸႹႺႻႼႽႾႿჀჁჂჃჄჅჇჍᎠᎡᎢᎣᎤᎥᎦᎧᎨᎩᎪᎫᎬᎭᎮᎯᎰᎱᎲᎳᎴᎵᎶᎷᎸᎹᎺᎻᎼᎽᎾᎿᏀᏁᏂᏃᏄᏅᏆᏇᏈᏉᏊᏋᏌᏍᏎᏏᏐᏑᏒᏓᏔᏕᏖᏗᏘᏙᏚᏛᏜᏝᏞᏟᏠᏡᏢᏣᏤᏥᏦᏧᏨᏩᏪᏫᏬᏭᏮᏯᏰᏱᏲᏳᏴᏵᲀᲁᲂᲃᲄᲅᲆᲇᲈᲉᲐᲑᲒᲓᲔᲕᲖᲗᲘᲙᲚᲛᲜᲝᲞᲟᲠᲡᲢᲣᲤᲥᲦᲧᲨᲩᲪᲫᲬᲭᲮᲯᲰᲱᲲᲳᲴᲵᲶᲷᲸᲹᲺᲽᲾᲿẞỺỼỾℲↃⰀⰁⰂⰃⰄⰅⰆⰇⰈⰉⰊⰋⰌⰍⰎⰏⰐⰑⰒⰓⰔⰕⰖⰗⰘⰙⰚⰛⰜⰝⰞⰟⰠⰡⰢⰣⰤⰥⰦⰧⰨⰩⰪⰫⰬⰭⰮⰯⱠⱢⱣⱤⱧⱩⱫⱭⱮⱯⱰⱲⱵⱾⱿⲀⲂⲄⲆⲈⲊⲌⲎⲐⲒⲔⲖⲘⲚⲜⲞⲠⲢⲤⲦⲨⲪⲬⲮⲰⲲⲴⲶⲸⲺⲼⲾⳀⳂⳄⳆⳈⳊⳌⳎⳐⳒⳔⳖⳘⳚⳜⳞⳠⳢⳫⳭⳲꙀꙂꙄꙆꙈꙊꙌꙎꙐꙒꙔꙖꙘꙚꙜꙞꙠꙢꙤꙦꙨꙪꙬꚀꚂꚄꚆꚈꚊꚌꚎꚐꚒꚔꚖꚘꚚꜢꜤꜦꜨꜪꜬꜮꜲꜴꜶꜸꜺꜼꜾꝀꝂꝄꝆꝈꝊꝌꝎꝐꝒꝔꝖꝘꝚꝜꝞꝠꝢꝤꝦꝨꝪꝬꝮꝹꝻꝽꝾꞀꞂꞄꞆꞋꞍꞐꞒꞖꞘꞚꞜꞞꞠꞢꞤꞦꞨꞪꞫꞬꞭꞮꞰꞱꞲꞳꞴꞶꞸꞺꞼꞾꟀꟂꟄꟅꟆꟇꟉꟋꟌ꟎Ꟑ꟒꟔ꟖꟘꟚꟜꟵ𐐀𐐁𐐂𐐃𐐄𐐅𐐆𐐇𐐈𐐉𐐊𐐋𐐌𐐍𐐎𐐏𐐐𐐑𐐒𐐓𐐔𐐕𐐖𐐗𐐘𐐙𐐚𐐛𐐜𐐝𐐞𐐟𐐠𐐡𐐢𐐣𐐤𐐥𐐦𐐧𐒰𐒱𐒲𐒳𐒴𐒵𐒶𐒷𐒸𐒹𐒺𐒻𐒼𐒽𐒾𐒿𐓀𐓁𐓂𐓃𐓄𐓅𐓆𐓇𐓈𐓉𐓊𐓋𐓌𐓍𐓎𐓏𐓐𐓑𐓒𐓓𐕰𐕱𐕲𐕳𐕴𐕵𐕶𐕷𐕸𐕹𐕺𐕼𐕽𐕾𐕿𐖀𐖁𐖂𐖃𐖄𐖅𐖆𐖇𐖈𐖉𐖊𐖌𐖍𐖎𐖏𐖐𐖑𐖒𐖔𐖕𐲀𐲁𐲂𐲃𐲄𐲅𐲆𐲇𐲈𐲉𐲊𐲋𐲌𐲍𐲎𐲏𐲐𐲑𐲒𐲓𐲔𐲕𐲖𐲗𐲘𐲙𐲚𐲛𐲜𐲝𐲞𐲟𐲠𐲡𐲢𐲣𐲤𐲥𐲦𐲧𐲨𐲩𐲪𐲫𐲬𐲭𐲮𐲯𐲰𐲱𐲲𐵐𐵑𐵒𐵓𐵔𐵕𐵖𐵗𐵘𐵙𐵚𐵛𐵜𐵝𐵞𐵟𐵠𐵡𐵢𐵣𐵤𐵥𑢠𑢡𑢢𑢣𑢤𑢥𑢦𑢧𑢨𑢩𑢪𑢫𑢬𑢭𑢮𑢯𑢰𑢱𑢲𑢳𑢴𑢵𑢶𑢷𑢸𑢹𑢺𑢻𑢼𑢽𑢾𑢿𖹀𖹁𖹂𖹃𖹄𖹅𖹆𖹇𖹈𖹉𖹊𖹋𖹌𖹍𖹎𖹏𖹐𖹑𖹒𖹓𖹔𖹕𖹖𖹗𖹘𖹙𖹚𖹛𖹜𖹝𖹞𖹟𖺠𖺡𖺢𖺣𖺤𖺥𖺦𖺧𖺨𖺩𖺪𖺫𖺬𖺭𖺮𖺯𖺰𖺱𖺲𖺳𖺴𖺵𖺶𖺷𖺸𞤀𞤁𞤂𞤃𞤄𞤅𞤆𞤇𞤈𞤉𞤊𞤋𞤌𞤍𞤎𞤏𞤐𞤑𞤒𞤓𞤔𞤕𞤖𞤗𞤘𞤙𞤚𞤛𞤜𞤝𞤞𞤟𞤠𞤡',
    'ɓƃƅɔƈɖɗƌǝɛƒɠɣɩɨƙɯɲɵƣƥʀƨʃƭʈʊʋƴƶʒƹƽǥƕƿȝƞȣȥⱥȼƚⱦɂƀʉʌɇɉɋɍɏͱͳͷϳϗϙϛϝϟϡϣϥϧϩϫϭϯϸϻͻͼͽѡѣѥѧѩѫѭѯѱѳѵѹѻѽѿҁҋҍҏғҕҗҙқҝҟҡңҥҧҩҫҭүұҳҵҷҹһҽҿӏӄӆӈӊӌӎӕәӡөӷӻӽӿԁԃԅԇԉԋԍԏԑԓԕԗԙԛԝԟԡԣԥԧԩԫԭԯⴀⴁⴂⴃⴄⴅⴆⴇⴈⴉⴊⴋⴌⴍⴎⴏⴐⴑⴒⴓⴔⴕⴖⴗⴘⴙⴚⴛⴜⴝⴞⴟⴠⴡⴢⴣⴤⴥⴧⴭꭰꭱꭲꭳꭴꭵꭶꭷꭸꭹꭺꭻꭼꭽꭾꭿꮀꮁꮂꮃꮄꮅꮆꮇꮈꮉꮊꮋꮌꮍꮎꮏꮐꮑꮒꮓꮔꮕꮖꮗꮘꮙꮚꮛꮜꮝꮞꮟꮠꮡꮢꮣꮤꮥꮦꮧꮨꮩꮪꮫꮬꮭꮮꮯꮰꮱꮲꮳꮴꮵꮶꮷꮸꮹꮺꮻꮼꮽꮾꮿᏸᏹᏺᏻᏼᏽвдосттъѣꙋᲊაბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰჱჲჳჴჵჶჷჸჹჺჽჾჿßỻỽỿⅎↄⰰⰱⰲⰳⰴⰵⰶⰷⰸⰹⰺⰻⰼⰽⰾⰿⱀⱁⱂⱃⱄⱅⱆⱇⱈⱉⱊⱋⱌⱍⱎⱏⱐⱑⱒⱓⱔⱕⱖⱗⱘⱙⱚⱛⱜⱝⱞⱟⱡɫᵽɽⱨⱪⱬɑɱɐɒⱳⱶȿɀⲁⲃⲅⲇⲉⲋⲍⲏⲑⲓⲕⲗⲙⲛⲝⲟⲡⲣⲥⲧⲩⲫⲭⲯⲱⲳⲵⲷⲹⲻⲽⲿⳁⳃⳅⳇⳉⳋⳍⳏⳑⳓⳕⳗⳙⳛⳝⳟⳡⳣⳬⳮⳳꙁꙃꙅꙇꙉꙋꙍꙏꙑꙓꙕꙗꙙꙛꙝꙟꙡꙣꙥꙧꙩꙫꙭꚁꚃꚅꚇꚉꚋꚍꚏꚑꚓꚕꚗꚙꚛꜣꜥꜧꜩꜫꜭꜯꜳꜵꜷꜹꜻꜽꜿꝁꝃꝅꝇꝉꝋꝍꝏꝑꝓꝕꝗꝙꝛꝝꝟꝡꝣꝥꝧꝩꝫꝭꝯꝺꝼᵹꝿꞁꞃꞅꞇꞌɥꞑꞓꞗꞙꞛꞝꞟꞡꞣꞥꞧꞩɦɜɡɬɪʞʇʝꭓꞵꞷꞹꞻꞽꞿꟁꟃꞔʂᶎꟈꟊɤꟍ꟏ꟑꟓꟕꟗꟙꟛƛꟶ𐐨𐐩𐐪𐐫𐐬𐐭𐐮𐐯𐐰𐐱𐐲𐐳𐐴𐐵𐐶𐐷𐐸𐐹𐐺𐐻𐐼𐐽𐐾𐐿𐑀𐑁𐑂𐑃𐑄𐑅𐑆𐑇𐑈𐑉𐑊𐑋𐑌𐑍𐑎𐑏𐓘𐓙𐓚𐓛𐓜𐓝𐓞𐓟𐓠𐓡𐓢𐓣𐓤𐓥𐓦𐓧𐓨𐓩𐓪𐓫𐓬𐓭𐓮𐓯𐓰𐓱𐓲𐓳𐓴𐓵𐓶𐓷𐓸𐓹𐓺𐓻𐖗𐖘𐖙𐖚𐖛𐖜𐖝𐖞𐖟𐖠𐖡𐖣𐖤𐖥𐖦𐖧𐖨𐖩𐖪𐖫𐖬𐖭𐖮𐖯𐖰𐖱𐖳𐖴𐖵𐖶𐖷𐖸𐖹𐖻𐖼𐳀𐳁𐳂𐳃𐳄𐳅𐳆𐳇𐳈𐳉𐳊𐳋𐳌𐳍𐳎𐳏𐳐𐳑𐳒𐳓𐳔𐳕𐳖𐳗𐳘𐳙𐳚𐳛𐳜𐳝𐳞𐳟𐳠𐳡𐳢𐳣𐳤𐳥𐳦𐳧𐳨𐳩𐳪𐳫𐳬𐳭𐳮𐳯𐳰𐳱𐳲𐵰𐵱𐵲𐵳𐵴𐵵𐵶𐵷𐵸𐵹𐵺𐵻𐵼𐵽𐵾𐵿𐶀𐶁𐶂𐶃𐶄𐶅𑣀𑣁𑣂𑣃𑣄𑣅𑣆𑣇𑣈𑣉𑣊𑣋𑣌𑣍𑣎𑣏𑣐𑣑𑣒𑣓𑣔𑣕𑣖𑣗𑣘𑣙𑣚𑣛𑣜𑣝𑣞𑣟𖹠𖹡𖹢𖹣𖹤𖹥𖹦𖹧𖹨𖹩𖹪𖹫𖹬𖹭𖹮𖹯𖹰𖹱𖹲𖹳𖹴𖹵𖹶𖹷𖹸𖹹𖹺𖹻𖹼𖹽𖹾𖹿𖺻𖺼𖺽𖺾𖺿𖻀𖻁𖻂𖻃𖻄𖻅𖻆𖻇𖻈𖻉𖻊𖻋𖻌𖻍𖻎𖻏𖻐𖻑𖻒𖻓𞤢𞤣𞤤𞤥𞤦𞤧𞤨𞤩𞤪𞤫𞤬𞤭𞤮𞤯𞤰𞤱𞤲𞤳𞤴𞤵𞤶𞤷𞤸𞤹𞤺𞤻𞤼𞤽𞤾𞤿𞥀𞥁𞥂𞥃',
  ],
];

/*
 * Everything is in the collation "C", so that the result does not depend on the locale of the database. A row of
 * an index may have 2704 bytes, so 200 characters count. What LIKE reads (%, _ and \) goes with the punctuation.
 */
const FOLD_NAME = `
  CREATE FUNCTION fold_name(name text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
  DECLARE
    folded text COLLATE "C" := left(name, 200);
  BEGIN
    IF octet_length(folded) > char_length(folded) THEN
      -- Decomposed, \`´\` would be a space and an accent.
      folded := regexp_replace(folded, '[´${INVISIBLE}]', '', 'g');
      -- The iota below a letter is a letter; every other mark goes.
      folded := translate(normalize(folded, NFKD), '\u0345', 'ι');
      folded := regexp_replace(folded, '[’‘ʼ\\u0300-\\u036F]', '', 'g');
      ${LETTERS.map(
        ([from, to]) => `
      IF folded ~ '[${from}]' THEN
        folded := translate(folded, '${from}', '${to}');
      END IF;`,
      ).join('')}
      folded := replace(replace(folded, 'ẞ', 'ß'), 'ß', 'ss');
    END IF;
    folded := regexp_replace(lower(folded), '[''\`]', '', 'g');
    folded := regexp_replace(
      folded, '[][ \\t\\n\\v\\f\\r\\u0085\\u1680\\u2028\\u2029\\\\%.,;:/()"“”_&‐‑–—-]+', ' ', 'g');
    RETURN left(btrim(folded), 200);
  END $$`;

const CLINIC_POSITION = `(fold_name(clinic) || chr(9) || encode(sha256(decode(replace(partner || ':' || clinic, '\\', '\\\\'), 'escape')), 'hex')) COLLATE "C"`;

/** What the two were before, for the way back. */
const OLD_NAME_KEY = `left(btrim(regexp_replace(regexp_replace(lower(CASE
    WHEN octet_length(left(family_name, 200)) = char_length(left(family_name, 200)) THEN left(family_name, 200)
    ELSE translate(replace(lower(regexp_replace(normalize(regexp_replace(left(family_name, 200), '[’‘ʼ´]', '', 'g'), NFKD), '[\\u0300-\\u036f]', '', 'g')), 'ß', 'ss'), 'øłđħŧıς', 'oldhtiσ') END), '[''\`]', '', 'g'), '[][\\s\\\\%.,;:/()"“”_&‐‑–—-]+', ' ', 'g')), 200) || chr(9) || left(btrim(regexp_replace(regexp_replace(lower(CASE
    WHEN octet_length(left(given_name, 200)) = char_length(left(given_name, 200)) THEN left(given_name, 200)
    ELSE translate(replace(lower(regexp_replace(normalize(regexp_replace(left(given_name, 200), '[’‘ʼ´]', '', 'g'), NFKD), '[\\u0300-\\u036f]', '', 'g')), 'ß', 'ss'), 'øłđħŧıς', 'oldhtiσ') END), '[''\`]', '', 'g'), '[][\\s\\\\%.,;:/()"“”_&‐‑–—-]+', ' ', 'g')), 200)`;
const OLD_CLINIC_POSITION = `(left(btrim(regexp_replace(regexp_replace(lower(CASE
    WHEN octet_length(left(clinic, 200)) = char_length(left(clinic, 200)) THEN left(clinic, 200)
    ELSE translate(replace(lower(regexp_replace(normalize(regexp_replace(left(clinic, 200), '[’‘ʼ´]', '', 'g'), NFKD), '[\\u0300-\\u036f]', '', 'g')), 'ß', 'ss'), 'øłđħŧıς', 'oldhtiσ') END), '[''\`]', '', 'g'), '[][\\s\\\\%.,;:/()"“”_&‐‑–—-]+', ' ', 'g')), 200) || chr(9) || encode(sha256(decode(replace(partner || ':' || clinic, '\\', '\\\\'), 'escape')), 'hex')) COLLATE "C"`;

/**
 * Makes the keys of search and order independent of the database's locale and of invisible characters, and marks
 * the providers whose identity has such characters: the next sync of their partner brings their keys along.
 */
export class FoldNames1764201600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(FOLD_NAME);
    await replaceKeys(runner, `fold_name(family_name) || chr(9) || fold_name(given_name)`, CLINIC_POSITION);
    // Rows that are there have a key of the second version, unless their texts say otherwise. A worker of the
    // version before leaves the column out when it inserts.
    await runner.query(`ALTER TABLE providers ADD COLUMN identity_version smallint NOT NULL DEFAULT 2`);
    await runner.query(`ALTER TABLE providers ALTER COLUMN identity_version SET DEFAULT 1`);
    await runner.query(`
      UPDATE providers SET identity_version = 1
      WHERE concat(given_name, family_name, title, clinic, attributes::text) COLLATE "C" ~ '[${INVISIBLE}]'`);
    await runner.query(
      `CREATE INDEX providers_with_old_identity ON providers (partner) WHERE identity_version = 1`,
    );
    // The index of clinics is over an expression, of which Postgres knows nothing yet.
    await runner.query(`ANALYZE providers`);
  }

  /** Identity keys stay: the version before knows them, except those of names with invisible characters. */
  async down(runner: QueryRunner): Promise<void> {
    await replaceKeys(runner, OLD_NAME_KEY, OLD_CLINIC_POSITION);
    await runner.query(`ALTER TABLE providers DROP COLUMN identity_version`);
    await runner.query(`DROP FUNCTION fold_name(text)`);
    await runner.query(`ANALYZE providers`);
  }
}

/** Makes the column and the indexes anew: only Postgres 17 and newer can change the expression of a column. */
async function replaceKeys(runner: QueryRunner, nameKey: string, clinicPosition: string): Promise<void> {
  const [{ schema }]: [{ schema: string }] = await runner.query(
    `SELECT extnamespace::regnamespace::text AS schema FROM pg_extension WHERE extname = 'pg_trgm'`,
  );
  await runner.query(`DROP INDEX providers_by_clinic_position`);
  await runner.query(`
    ALTER TABLE providers
      DROP COLUMN name_key,
      ADD COLUMN name_key text COLLATE "C" NOT NULL GENERATED ALWAYS AS (${nameKey}) STORED`);
  await runner.query(
    `CREATE INDEX providers_search ON providers USING gin (name_key ${schema}.gin_trgm_ops)`,
  );
  await runner.query(`CREATE INDEX providers_by_name ON providers (name_key, id, partner)`);
  await runner.query(`CREATE INDEX providers_unlisted ON providers (name_key, id, partner) WHERE NOT listed`);
  await runner.query(`CREATE INDEX providers_by_clinic_position ON providers ((${clinicPosition}))`);
}
