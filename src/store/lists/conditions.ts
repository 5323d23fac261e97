import { z } from 'zod';
import { isStorable } from '../postgres/storable-text';

/** The conditions of a query, all of which must hold, and its parameters. */
export class Conditions {
  readonly parameters: unknown[] = [];
  private readonly all: string[] = [];

  /** Takes a value and returns how the SQL names it. */
  parameter(value: unknown): string {
    return `$${this.parameters.push(value)}`;
  }

  add(condition: string): void {
    this.all.push(condition);
  }

  /** That the column holds exactly this text; anything may be in it where there is none. */
  equals(column: string, text: string | undefined): void {
    if (text === undefined) return;
    this.add(isStorable(text) ? `${column} = ${this.parameter(text)}` : 'false');
  }

  /** That the column holds exactly this UUID; anything may be in it where there is none. */
  equalsId(column: string, id: string | undefined): void {
    if (id === undefined) return;
    this.add(isId(id) ? `${column} = ${this.parameter(id)}` : 'false');
  }

  /** The column holds this time or a later one. Without a time, there is no condition. */
  isSince(column: string, time: string | undefined): void {
    if (time !== undefined) this.add(`${column} >= ${this.parameter(new Date(time))}`);
  }

  /** The column holds an earlier time. Without a time, there is no condition. */
  isBefore(column: string, time: string | undefined): void {
    if (time !== undefined) this.add(`${column} < ${this.parameter(new Date(time))}`);
  }

  /** That a row comes after the one with this sort key, in the order of the columns. */
  comesAfter(columns: string, direction: 'ASC' | 'DESC', key: readonly unknown[]): void {
    const values = key.map((value) => this.parameter(value)).join(', ');
    this.add(`(${columns}) ${direction === 'ASC' ? '>' : '<'} (${values})`);
  }

  /** As it stands after WHERE or ON. */
  toString(): string {
    return this.all.length > 0 ? this.all.join(' AND ') : 'true';
  }
}

/** Whether Postgres takes the text for a UUID in its usual form. */
export function isId(text: string): boolean {
  return z.guid().safeParse(text).success;
}
