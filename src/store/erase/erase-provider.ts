import type { DataSource } from 'typeorm';
import type { ErasedCounts, Erasure } from '../../contract/erasure';
import { NamedFailure } from '../../contract/named-failure';
import { TIMEOUTS } from '../../contract/timeouts';
import type { StoredProvider } from '../../partner/answer/stored-identity';
import type { PayloadKeys } from '../../process/payload-keys';
import { inTransaction, type Transaction } from '../postgres/transaction';
import { NO_SUBSCRIPTIONS, type Subscriptions } from '../webhooks/subscriptions';
import { messagesOfErasure } from '../webhooks/write-messages';
import { NAMES_PERSON, namesPerson } from './names-person';
import { findErasureOf, readErasure } from './read-erasures';
import { holdSaves, identityHash, nameHash } from './suppression';
import { openSuppressionKey } from './suppression-key';

interface ErasureOf {
  /** The id of the receipt. A second call with the same one changes nothing. */
  readonly erasureId: string;
  readonly providerId: string;
  readonly by: string | null;
  readonly reason: string | null;
  readonly payloadKeys: PayloadKeys;
  /** Who gets a message, so that copies are removed too. */
  readonly subscriptions?: Subscriptions;
  /** Computes the identity key that a new record of the person has; null if that is not possible. */
  readonly identityKeyOf: (partner: string, provider: StoredProvider) => string | null;
}

interface Person extends StoredProvider {
  readonly id: string;
  readonly partner: string;
  readonly identityKey: Buffer;
}

/**
 * Erases a person in one transaction: the entry in the directory, its history, the rejected records about it, its content
 * in running runs, and the kept answers of its partner. It puts keyed hashes of the person on the list of suppressed
 * people, and writes the receipt.
 *
 * @returns the earlier receipt if the person was erased before; null if there never was such a person
 * @throws NamedFailure `InvalidInput` if the reason holds a word of the person's name
 */
export function eraseProvider(dataSource: DataSource, erasure: ErasureOf): Promise<Erasure | null> {
  return inTransaction(dataSource, TIMEOUTS.saveStatement, async (transaction) => {
    const { runner } = transaction;
    const { erasureId, providerId } = erasure;
    const before = await readErasure(runner, erasureId);
    if (before) return before;
    const [found]: [{ partner: string }?] = await runner.query(
      'SELECT partner FROM providers WHERE id = $1',
      [providerId],
    );
    if (!found) return findErasureOf(runner, providerId);
    await holdSaves(runner, found.partner);
    const [person]: [Person?] = await runner.query(
      `SELECT id, partner, identity_key AS "identityKey", given_name AS "givenName", family_name AS "familyName",
         title, clinic, attributes
       FROM providers WHERE id = $1 FOR UPDATE`,
      [providerId],
    );
    if (!person) return findErasureOf(runner, providerId);
    if (erasure.reason !== null && (await namesPerson(runner, erasure.reason, person))) {
      throw new NamedFailure('InvalidInput', NAMES_PERSON);
    }
    const removed = await removePerson(transaction, person);
    await runner.query(
      `WITH receipt AS (
         INSERT INTO erasures (id, provider_id, partner, erased_by, reason, removed) VALUES ($1, $2, $3, $4, $5, $6)
         RETURNING id, provider_id, partner
       )
       ${messagesOfErasure('$7')}`,
      [
        ...[erasureId, providerId, person.partner, erasure.by, erasure.reason, JSON.stringify(removed)],
        erasure.subscriptions ?? NO_SUBSCRIPTIONS,
      ],
    );
    await suppress(transaction, person, erasure);
    return readErasure(runner, erasureId);
  });
}

async function suppress(
  { runner }: Transaction,
  person: Person,
  { erasureId, payloadKeys, identityKeyOf }: ErasureOf,
): Promise<void> {
  const hashOf = await openSuppressionKey(runner, payloadKeys);
  const { partner } = person;
  const current = identityKeyOf(partner, person);
  const hashes = [
    identityHash(hashOf, partner, person.identityKey),
    ...(current === null ? [] : [identityHash(hashOf, partner, current)]),
    nameHash(hashOf, partner, person),
  ];
  await runner.query(
    `INSERT INTO suppressed_people (partner, hash, erasure_id)
     SELECT $1, hash, $3 FROM unnest($2::bytea[]) hash ON CONFLICT DO NOTHING`,
    [partner, hashes, erasureId],
  );
}

async function removePerson({ runner }: Transaction, person: Person): Promise<ErasedCounts> {
  const { id, partner, identityKey, givenName, familyName } = person;
  const count = async (statement: string, parameters: unknown[]): Promise<number> => {
    const [{ count }]: [{ count: number }] = await runner.query(
      `WITH removed AS (${statement} RETURNING 1) SELECT count(*)::integer AS count FROM removed`,
      parameters,
    );
    return count;
  };
  await runner.query('DELETE FROM pending_departures WHERE provider_id = $1', [id]);
  const stagedRecords = await count(EMPTY_STAGED, [partner, identityKey, givenName, familyName]);
  const rejectedRecords = await count(DELETE_REJECTED, [
    ...[partner, identityKey, givenName, familyName],
    ...[inJson(givenName), inJson(familyName)],
  ]);
  const keptAnswers = await removeKeptAnswers(runner, partner);
  const changes = await count('DELETE FROM provider_changes WHERE provider_id = $1', [id]);
  const providers = await count('DELETE FROM providers WHERE id = $1', [id]);
  return { providers, changes, rejectedRecords, stagedRecords, keptAnswers };
}

/** The name as the JSON text of a record has it. */
function inJson(name: string): string {
  return JSON.stringify(name).slice(1, -1);
}

/**
 * The pages of a running run are counted when they are stored, so its records stay without their content. The identity
 * keeps them out of the directory.
 */
const EMPTY_STAGED = `
  UPDATE staged_records
  SET given_name = CASE WHEN reason IS NULL THEN '' END, family_name = CASE WHEN reason IS NULL THEN '' END,
    title = NULL, clinic = NULL, attributes = CASE WHEN reason IS NULL THEN '{}'::jsonb END,
    raw = CASE WHEN reason IS NOT NULL THEN 'null' END, identity_key = $2
  WHERE run_id IN (SELECT id FROM sync_runs WHERE partner = $1 AND status = 'running') AND sealed IS NULL
    AND (identity_key = $2 OR (identity_key IS NULL AND given_name = $3 AND family_name = $4))`;

/** A record without an identity is about the person if it has the person's name, or if its text holds both names. */
const DELETE_REJECTED = `
  DELETE FROM rejected_records
  WHERE partner = $1 AND (
    identity_key = $2
    OR identity_key IS NULL AND (
      name_key = fold_name($4) || chr(9) || fold_name($3)
      OR name_key IS NULL AND strpos(raw, $5) > 0 AND strpos(raw, $6) > 0))`;

/** An answer is encrypted as a whole, so that all answers of the partner that may hold the person are removed. */
async function removeKeptAnswers(runner: Transaction['runner'], partner: string): Promise<number> {
  const [{ count }]: [{ count: number }] = await runner.query(
    `WITH kept AS (
       UPDATE sync_runs SET answer_kept_until = NULL
       WHERE partner = $1 AND answer_kept_until IS NOT NULL RETURNING id
     ), parts AS (
       DELETE FROM kept_answers USING kept WHERE run_id = kept.id
     )
     SELECT count(*)::integer AS count FROM kept`,
    [partner],
  );
  return count;
}
