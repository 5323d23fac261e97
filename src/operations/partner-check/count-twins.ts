import { createHash } from 'node:crypto';
import type { CheckedProvider } from '../../contract/answer';
import { foldedText } from '../../partner/answer/twins';

/** What a record is, beside those before it. */
export interface TwinPlace {
  /**
   * `copy`: it is left out. `conflict`: it differs from an earlier record of its identity, and all records of the
   * identity are rejected.
   */
  readonly kind: 'new' | 'copy' | 'conflict';
  /** For a `conflict`: how many earlier records of the identity are rejected now, which were not before. */
  readonly earlier: number;
}

/** Half of an identity key, in little memory. Two of a billion billion keys would be the same. */
export function shortKey(identityKey: string): string {
  return Buffer.from(identityKey, 'hex').toString('latin1', 0, 16);
}

interface Twins {
  copies: number;
  differ: boolean;
}

/**
 * Finds records that are listed twice, without keeping them: a million identities take some 100 MB. Its rules are those
 * of a sync.
 */
export class TwinCounter {
  /** A number for the first record of each identity, which its twins share. */
  private readonly first = new Map<string, number>();
  /** The identities of two or more records. */
  private readonly twins = new Map<string, Twins>();

  place(provider: CheckedProvider): TwinPlace {
    const key = shortKey(provider.identityKey);
    const print = createHash('sha256').update(foldedText(provider)).digest().readUIntBE(0, 6);
    const first = this.first.get(key);
    if (first === undefined) {
      this.first.set(key, print);
      return { kind: 'new', earlier: 0 };
    }
    const twins = this.twins.get(key) ?? { copies: 0, differ: false };
    this.twins.set(key, twins);
    if (twins.differ) return { kind: 'conflict', earlier: 0 };
    if (first === print) {
      twins.copies += 1;
      return { kind: 'copy', earlier: 0 };
    }
    twins.differ = true;
    return { kind: 'conflict', earlier: twins.copies + 1 };
  }
}
