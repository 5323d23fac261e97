import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { Conditions } from '../lists/conditions';
import { decodeCursor, type Page, toPage } from '../lists/cursor';
import type { PageQuery } from '../lists/filters';
import { storableText } from '../postgres/storable-text';
import { CLINIC_KEY, CLINIC_POSITION, type Clinic, isAtClinicNamed, isClinicKey } from '../schema/clinic-key';
import { folded } from '../schema/folded';
import type { NameMatch } from './narrow-providers';

export interface ClinicFilter {
  /** One of these keys, in hexadecimal. */
  readonly keys?: readonly string[] | undefined;
  readonly name?: (NameMatch & { readonly how: 'begins' | 'is' }) | undefined;
}

interface ClinicRow extends Clinic {
  readonly position: string;
}

const SELECT = `SELECT partner, clinic AS name, ${CLINIC_POSITION} AS position FROM providers`;
const cursorSchema = z.tuple([storableText]);

/** The clinics that providers are or were at, by name. Clinics of two partners are always two clinics. */
export async function listClinics(
  dataSource: DataSource,
  { keys, name, limit, cursor }: ClinicFilter & PageQuery,
): Promise<Page<Clinic>> {
  const conditions = new Conditions();
  conditions.add('clinic IS NOT NULL');
  if (cursor !== undefined) conditions.comesAfter(CLINIC_POSITION, 'ASC', decodeCursor(cursorSchema, cursor));
  if (name) addName(conditions, name);
  const source = keys ? givenClinics(conditions, keys) : eachClinic(conditions);
  const rows: ClinicRow[] = await dataSource.query(
    `${source} LIMIT ${conditions.parameter(limit + 1)}`,
    conditions.parameters,
  );
  return toPage(
    rows,
    limit,
    ({ partner, name }) => ({ partner, name }),
    ({ position }) => [position],
  );
}

/** @param key in hexadecimal */
export async function getClinic(dataSource: DataSource, key: string): Promise<Clinic | null> {
  const { items } = await listClinics(dataSource, { keys: [key], limit: 1 });
  return items[0] ?? null;
}

function addName(conditions: Conditions, { text, how }: NonNullable<ClinicFilter['name']>): void {
  const parameter = `${conditions.parameter(text)}::text`;
  if (how === 'begins') conditions.add(`${CLINIC_POSITION} LIKE nullif(${folded(parameter)}, '') || '%'`);
  if (how === 'is') {
    conditions.add(isAtClinicNamed(parameter));
    conditions.add(`clinic = ${parameter}`);
  }
}

/** Looks up one provider of each clinic. */
function givenClinics(conditions: Conditions, keys: readonly string[]): string {
  const wanted = conditions.parameter(keys.filter(isClinicKey).map((key) => Buffer.from(key, 'hex')));
  return `
    SELECT clinics.* FROM (SELECT DISTINCT unnest(${wanted}::bytea[]) AS key) wanted
    CROSS JOIN LATERAL (${SELECT} WHERE ${CLINIC_KEY} = wanted.key AND ${conditions} LIMIT 1) clinics
    ORDER BY position`;
}

/** To find the clinics, Postgres would read all providers; this goes from one clinic to the next in the index. */
function eachClinic(conditions: Conditions): string {
  const next = (after: string) =>
    `${SELECT} WHERE ${conditions} ${after} ORDER BY ${CLINIC_POSITION} LIMIT 1`;
  return `
    WITH RECURSIVE clinics AS (
      (${next('')})
      UNION ALL
      SELECT next.* FROM clinics
      CROSS JOIN LATERAL (${next(`AND ${CLINIC_POSITION} > clinics.position`)}) next
    )
    SELECT * FROM clinics`;
}
