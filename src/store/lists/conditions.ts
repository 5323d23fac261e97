import { z } from 'zod';
import { isStorable } from '../postgres/storable-text';
import { storableMoment } from './storable-moment';

/**
 * The conditions of a query, all of which must hold, and its parameters.
 *
 * All queries of the store are raw SQL, and their conditions are built with this class. TypeORM's query builder could
 * express only the simplest of them: the others need CTEs, COPY, row comparisons or expressions of our indexes.
 */
export class Conditions {
  private readonly all: string[] = [];

  /** @param parameters those of the query so far, if other conditions of the same query have some */
  constructor(readonly parameters: unknown[] = []) {}

  /** Adds a parameter and returns its name in the SQL, such as `$1`. */
  parameter(value: unknown): string {
    return `$${this.parameters.push(value)}`;
  }

  add(condition: string): void {
    this.all.push(condition);
  }

  /** The column holds exactly this text. Without a text, there is no condition. */
  equals(column: string, text: string | undefined): void {
    if (text === undefined) return;
    this.add(isStorable(text) ? `${column} = ${this.parameter(text)}` : 'false');
  }

  /** The column holds exactly this UUID. Without an id, there is no condition. */
  equalsId(column: string, id: string | undefined): void {
    if (id === undefined) return;
    this.add(isId(id) ? `${column} = ${this.parameter(id)}` : 'false');
  }

  /** The column holds this time or a later one. Without a time, there is no condition. */
  isSince(column: string, time: string | undefined): void {
    if (time !== undefined) this.add(`${column} >= ${this.parameter(storableMoment(time))}`);
  }

  /** The column holds an earlier time. Without a time, there is no condition. */
  isBefore(column: string, time: string | undefined): void {
    if (time !== undefined) this.add(`${column} < ${this.parameter(storableMoment(time))}`);
  }

  /** The row comes after the row with this sort key, in the order of the columns. */
  comesAfter(columns: string, direction: 'ASC' | 'DESC', key: readonly unknown[]): void {
    const values = key.map((value) => this.parameter(value)).join(', ');
    this.add(`(${columns}) ${direction === 'ASC' ? '>' : '<'} (${values})`);
  }

  /** The SQL to put after WHERE or ON. */
  toString(): string {
    return this.all.length > 0 ? this.all.join(' AND ') : 'true';
  }
}

/** Whether the text is a UUID in its usual form, which Postgres accepts. */
export function isId(text: string): boolean {
  return z.guid().safeParse(text).success;
}
