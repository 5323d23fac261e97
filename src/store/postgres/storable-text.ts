import { z } from 'zod';

/** Whether Postgres could hold the text: it takes no NUL, so that a text with one is nowhere. */
export function isStorable(text: string): boolean {
  return !text.includes('\0');
}

/** A text in a cursor, where anything may come back. */
export const storableText = z.string().refine(isStorable);

/** A time in a cursor, in ISO 8601; Postgres knows no year 0. */
export const storableTime = z.iso.datetime().refine((time) => !time.startsWith('0000'));
