import { z } from 'zod';

/** Drops empty fields: a form sends them as empty texts. */
export function formQuery<T extends z.ZodType>(schema: T) {
  return z.preprocess(
    (query) => Object.fromEntries(Object.entries(query ?? {}).filter(([, value]) => value !== '')),
    schema,
  );
}
