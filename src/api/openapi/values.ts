import { z } from 'zod';
import { numberInQuery } from '../../store/lists/filters';

/*
 * The files of this folder are the one description of what the API accepts and returns. Requests are checked with
 * these schemas, answers are written with them, and the OpenAPI document is made from them.
 */

/** A time in an answer. */
export const time = (description: string) =>
  z.iso
    .datetime()
    .meta({ description: `${description} (ISO 8601, UTC)`, examples: ['2026-03-01T08:30:00.000Z'] });
export const count = (description: string) => z.int().min(0).meta({ description });
export const string = (description: string) => z.string().meta({ description });
export const flag = (description: string) => z.boolean().meta({ description });

/** The schema or null, with the same description: zod would describe only the alternative that is not null. */
export const orNull = <T extends z.ZodType>(schema: T) =>
  schema.nullable().meta({ description: schema.description });

/** A number in a query, with a default. */
export function wholeNumber({ maximum, usual }: { maximum: number; usual: number }, description: string) {
  return numberInQuery(1, maximum, `is not a whole number from 1 to ${maximum}`)
    .default(usual)
    .meta({ type: 'integer', minimum: 1, maximum, description: `${description}; ${usual} by default` });
}

/** The example that the OpenAPI document shows for a schema. */
export function exampleOf(schema: z.ZodType): unknown {
  const examples = schema.meta()?.examples;
  return Array.isArray(examples) ? examples[0] : undefined;
}
