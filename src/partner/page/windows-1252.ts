/** The characters of the bytes 80 to 9F: https://encoding.spec.whatwg.org/#windows-1252. All others are as in Latin-1. */
const CHARACTERS = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/** Bytes in windows-1252 as UTF-8. Each byte is a character. Some versions of Node read them as Latin-1. */
export function windows1252(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1');
  return Buffer.from(
    text.replace(/[\x80-\x9f]/g, (character) => CHARACTERS[character.charCodeAt(0) - 0x80] ?? ''),
  );
}
