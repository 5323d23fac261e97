import type { z } from 'zod';
import { ExpectedError } from '../process/expected-error';

/**
 * The value as the schema reads it.
 *
 * @param what the name of the value in messages
 * @throws ExpectedError naming each wrong field
 */
export function validate<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  what: string,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
  throw new ExpectedError(`${what} cannot be used: ${problems.join('; ')}.`);
}
