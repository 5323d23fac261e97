import { z } from 'zod';

/** Whether Postgres can hold the text. It refuses a NUL, so no row can have a text with one. */
export function isStorable(text: string): boolean {
  return !text.includes('\0');
}

/** A text in a cursor. A caller may have changed the cursor. */
export const storableText = z.string().refine(isStorable);

/** A time in a cursor, in ISO 8601. Postgres has no year 0. */
export const storableTime = z.iso.datetime().refine((time) => !time.startsWith('0000'));
