import { z } from 'zod';

/** A form sends what was left empty as an empty text. */
export function formQuery<T extends z.ZodType>(schema: T) {
  return z.preprocess(
    (query) => Object.fromEntries(Object.entries(query ?? {}).filter(([, value]) => value !== '')),
    schema,
  );
}
