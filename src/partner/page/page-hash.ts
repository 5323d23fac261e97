import { createHash } from 'node:crypto';

interface Records {
  readonly providers: readonly { readonly identityKey: string }[];
  readonly rejected: readonly { readonly raw: string }[];
}

/** SHA-256 of who is in a page, in the order of the page. */
export class PageHash {
  private readonly hash = createHash('sha256');

  add({ providers, rejected }: Records): void {
    // One update: each has a cost of its own.
    this.hash.update(providers.map(({ identityKey }) => identityKey).join(''));
    for (const { raw } of rejected) this.hash.update(raw);
  }

  digest(): Buffer {
    return this.hash.digest();
  }
}
