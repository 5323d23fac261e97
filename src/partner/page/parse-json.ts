/** Most texts have no long number, which this finds out in a fraction of the time. */
const LONG_DIGITS = /\d{16}/;

/** The begin of a text, or a whole number of 16 digits or more that is no key. */
const QUOTE_OR_LONG_NUMBER = /"|(?<![\d.eE+-])-?[1-9]\d{15,}(?![\d.eE]|\s*:)/g;

/**
 * Reads JSON. A whole number that JavaScript cannot hold exactly, such as an id of 19 digits, becomes the text of its
 * digits: rounded, two people could get the same id.
 *
 * @throws SyntaxError
 */
export function parseJson(text: string): unknown {
  return JSON.parse(LONG_DIGITS.test(text) ? keepDigits(text) : text);
}

/** Puts the numbers that would be rounded in quotes. */
function keepDigits(text: string): string {
  const pattern = new RegExp(QUOTE_OR_LONG_NUMBER);
  const parts: string[] = [];
  let from = 0;
  for (let found = pattern.exec(text); found; found = pattern.exec(text)) {
    const [part] = found;
    if (part === '"') {
      pattern.lastIndex = endOfText(text, found.index + 1);
    } else if (!Number.isSafeInteger(Number(part))) {
      parts.push(text.slice(from, found.index), `"${part}"`);
      from = pattern.lastIndex;
    }
  }
  return parts.join('') + text.slice(from);
}

/** The index after the quote that ends a text in JSON. */
function endOfText(json: string, start: number): number {
  for (let quote = json.indexOf('"', start); quote !== -1; quote = json.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (json[quote - backslashes - 1] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return quote + 1;
  }
  return json.length;
}
