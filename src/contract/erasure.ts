/** How many rows an erasure removed. */
export interface ErasedCounts {
  /** The person in the directory. */
  readonly providers: number;
  /** The history of the person's fields. */
  readonly changes: number;
  readonly rejectedRecords: number;
  /** Records of a running run whose content was removed. */
  readonly stagedRecords: number;
  /** Runs of the partner whose kept answers were removed, because they may hold the person. */
  readonly keptAnswers: number;
}

/** The receipt of an erasure. It holds no name. Times in ISO 8601, UTC. */
export interface Erasure {
  readonly id: string;
  /** The id that the person had in the directory. */
  readonly providerId: string;
  readonly partner: string;
  readonly erasedAt: string;
  /** Null if it is not known. */
  readonly erasedBy: string | null;
  /** Why; null if no reason was given. It holds no name of the person. */
  readonly reason: string | null;
  readonly removed: ErasedCounts;
  /** When the person was allowed to come back; null as long as the person is suppressed. */
  readonly liftedAt: string | null;
  readonly liftedBy: string | null;
}

/** The input of the workflow that erases a person. */
export interface EraseInput {
  readonly providerId: string;
  readonly by?: string | undefined;
  /** Refused if it holds a word of the person's name. */
  readonly reason?: string | undefined;
}

/** The input of the workflow that lets an erased person come back. */
export interface UneraseInput {
  /** The id of the receipt. */
  readonly erasureId: string;
  readonly by?: string | undefined;
}

/** The activities of the two workflows. Null means that there never was such a person, or that there is no such receipt. */
export interface ErasureActivities {
  /** Returns the earlier receipt if the person was erased before. */
  eraseProvider(input: EraseInput & { readonly erasureId: string }): Promise<Erasure | null>;
  uneraseProvider(input: UneraseInput): Promise<Erasure | null>;
}
