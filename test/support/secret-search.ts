/** A secret is looked up by this many bytes. Shorter secrets are not supported. */
const PREFIX = 4;

/** Searches for any number of secrets in one pass. */
export class SecretSearch {
  private readonly byPrefix = new Map<number, Buffer[]>();
  /** The pairs of bytes with which secrets begin. Most positions are skipped by this test alone. */
  private readonly begins = new Uint8Array(2 ** 16);

  /** @param secrets of at least four bytes each, as UTF-8 */
  constructor(secrets: Iterable<string>) {
    for (const secret of new Set(secrets)) {
      const bytes = Buffer.from(secret);
      if (bytes.length < PREFIX) throw new RangeError('A secret must have at least four bytes.');
      const prefix = bytes.readUInt32BE(0);
      this.byPrefix.set(prefix, [...(this.byPrefix.get(prefix) ?? []), bytes]);
      this.begins[bytes.readUInt16BE(0)] = 1;
    }
  }

  /** The different secrets that occur in these bytes, in order of their first position. */
  findIn(content: string | Uint8Array): string[] {
    const bytes = Buffer.from(content);
    const found = new Set<string>();
    for (let at = 0; at + PREFIX <= bytes.length; at++) {
      if (this.begins[bytes.readUInt16BE(at)] === 0) continue;
      for (const secret of this.byPrefix.get(bytes.readUInt32BE(at)) ?? []) {
        if (bytes.subarray(at, at + secret.length).equals(secret)) found.add(secret.toString());
      }
    }
    return [...found];
  }
}
