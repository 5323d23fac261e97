/** Numeric references, and named ones for characters that occur in names and addresses. */
const HTML_ENTITY =
  /&(?:#\d{1,7}|#x[\da-f]{1,6}|amp|lt|gt|quot|apos|nbsp|shy|eth|thorn|ord[fm]|middot|hellip|[mn]dash|[lr]s?d?quo|[a-z]{1,2}(?:acute|grave|circ|uml|tilde|cedil|ring|slash|caron|lig|breve|macr|ogon|dot))|&(?:inodot|bull|euro|trade|reg|copy);/i;

/** Whether a text holds an HTML entity, such as `&#39;` or `&eacute;` instead of the character itself. */
export function hasHtmlEntity(text: string): boolean {
  return text.includes('&') && HTML_ENTITY.test(text);
}

/** The bytes of Windows-1252 for characters beyond Latin-1. */
const WINDOWS_1252 = new Map(
  Array.from({ length: 32 }, (_, index) => {
    const byte = 0x80 + index;
    return [new TextDecoder('windows-1252').decode(Uint8Array.of(byte)), byte] as const;
  }),
);

const UTF_8 = new TextDecoder('utf-8', { fatal: true });

/** The first byte of a character of two or three bytes, followed by a continuation byte, both read as Windows-1252. */
const SUSPICIOUS = /[\u00c2-\u00ef][\u0080-\u00bf\u0152-\u2122]/;

/** Characters that a garbled name can contain: Latin letters with their marks, and the usual signs. */
const LATIN = /[\u00a0-\u017f\u0218-\u021b\u02b0-\u036f\u1e00-\u1eff\u2010-\u2044\u20ac\u2122]/;

/**
 * Pairs that correct text can contain too: an upper-case letter that follows no lower-case one, or ß, then another letter
 * (`MÍŠEK`), an apostrophe or a dash (`Groß’ Praxis`), or a quote or sign that ends the word (`CAFÉ™`).
 */
const GENUINE =
  /(?<!\p{Ll})[ÂÃ](?:[\u00a0‘’–—]|[»“”…](?!\p{L}))|(?:(?<!\p{Ll})[Ä-Þ]|ß)(?:[\u00a0‘’–—ŠŽŒŸšžœƒªºµ]|[«»“”…™®©°·](?!\p{L}))/gu;

/**
 * Whether a text is UTF-8 that was read as Windows-1252 or Latin-1, such as `JosÃ©` for `José`. It is if encoding it
 * again gives well-formed UTF-8 with at least one character that correct text cannot explain.
 */
export function isMojibake(text: string): boolean {
  if (!SUSPICIOUS.test(text)) return false;
  const original = decodeAgain(text);
  if (original === null) return false;
  const characters = [...original].filter((character) => character > '\u007f');
  const foreign = characters.filter((character) => !LATIN.test(character));
  // A name in another script has several of its letters. A single one is a coincidence.
  if (foreign.length > 0) {
    return foreign.length > 1 && foreign.every((character) => /[\p{L}\p{M}\p{P}]/u.test(character));
  }
  return characters.length > (text.match(GENUINE)?.length ?? 0);
}

function decodeAgain(text: string): string | null {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) {
    const byte = WINDOWS_1252.get(text.charAt(index)) ?? text.charCodeAt(index);
    if (byte > 0xff) return null;
    bytes[index] = byte;
  }
  try {
    return UTF_8.decode(bytes);
  } catch {
    return null;
  }
}
