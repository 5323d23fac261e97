import type { Remark } from './remarks';

/** How an answer of the partner relates to its whole list: a changing part of it, all of it, or what changed in it. */
export type Feed = 'sample' | 'snapshot' | 'changes';

/** JSON as the partner sent it. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A record that passed the check: as sent, except trimmed and in NFC. */
export interface CheckedProvider {
  /** SHA-256 (hex) of the normalised identity; the same provider has the same key in every run. */
  readonly identityKey: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly title: string | null;
  readonly clinic: string | null;
  /** Fields that partners.yaml does not name. They are stored with the record. */
  readonly attributes: { readonly [key: string]: Json };
  /**
   * True if the record says that the person left. Such a record needs its identity only: texts that it lacks are empty, and
   * the others null.
   */
  readonly departed?: true;
}

/** Why a record was rejected. The subject of each text is the field or, if no field is named, the record. */
export const REJECTIONS = {
  Malformed: 'is malformed, as a line or a row',
  NotAnObject: 'is not an object',
  MissingField: 'is missing',
  NullField: 'is empty (null)',
  BlankField: 'is blank',
  NotText: 'is not text',
  NotBoolean: 'is neither true nor false',
  TooLong: 'is too long',
  InvalidCharacter: 'has a NUL or half a character, which Postgres cannot store',
  NumberOutOfRange: 'has a number that is too large to keep',
  TooComplex: 'is nested too deeply or too large',
  ConflictingDuplicate: 'is listed twice with different details; neither was stored',
} as const;
export type Rejection = keyof typeof REJECTIONS;

/** A record that cannot be used. It is kept as the partner sent it. */
export interface RejectedRecord {
  /** Its position in the answer, from 0. */
  readonly position: number;
  readonly reason: Rejection;
  /** The partner's name of the faulty field; null if the whole record is faulty. */
  readonly field: string | null;
  /** The record as JSON text. */
  readonly raw: string;
}

/** A checked answer of the partner. */
export interface CheckedAnswer {
  /** All records in the answer, usable or not. */
  readonly received: number;
  readonly providers: readonly CheckedProvider[];
  readonly rejected: readonly RejectedRecord[];
  /** Records left out because the answer has an identical record before them. */
  readonly duplicates: number;
  /** Fields in the answer that partners.yaml does not name. */
  readonly unknownFields: readonly string[];
  /** Fields in partners.yaml that no record has. */
  readonly vanishedFields: readonly string[];
  /** Fields in partners.yaml that at least one record has. Workers of version 0.1.0 leave this out. */
  readonly sentFields?: readonly string[];
  /** Remarks for an operator. Workers of version 0.1.0 leave this out. */
  readonly remarks?: readonly Remark[];
}

/** The part of an answer that a run keeps if the answer is not stored. */
export type RefusedAnswer = Omit<CheckedAnswer, 'providers'>;
