import { z } from 'zod';

/** Drops empty fields: a form sends them as empty texts. */
export function formQuery<T extends z.ZodType>(schema: T) {
  return z.preprocess(
    (query) => Object.fromEntries(Object.entries(query ?? {}).filter(([, value]) => value !== '')),
    schema,
  );
}

/** The name of a notice in the query of a page. */
export function noticeName<Name extends string>(notices: Readonly<Record<Name, unknown>>) {
  return z.enum(Object.keys(notices) as [Name, ...Name[]]).optional();
}
