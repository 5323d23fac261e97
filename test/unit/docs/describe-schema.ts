import { z } from 'zod';

/** A key of a schema as its page shows it. */
export interface DescribedKey {
  /** With the keys that lead to it, joined by dots. */
  readonly name: string;
  readonly description: string;
  /** The allowed values, such as `duration from 1s to 1d`. */
  readonly form: string;
  /** The default as a user writes it; null if there is none. */
  readonly fallback: string | null;
  readonly isRequired: boolean;
}

/** The keys of an object schema, with the keys of the objects in it. */
export function describeKeys(schema: z.ZodObject, before = ''): DescribedKey[] {
  return Object.entries(schema.shape).flatMap(([key, value]) => {
    const described = describe(value);
    const name = before + key;
    const { description = '', form, fallback, isRequired, inner } = described;
    const own = { name, description, form, fallback, isRequired };
    return inner instanceof z.ZodObject ? [own, ...describeKeys(inner, `${name}.`)] : [own];
  });
}

interface Described extends Omit<DescribedKey, 'name' | 'description'> {
  readonly description: string | undefined;
  /** The schema without its wrappers. */
  readonly inner: z.core.$ZodType;
}

function describe(schema: z.core.$ZodType): Described {
  const meta = z.globalRegistry.get(schema) ?? {};
  const inner = unwrapped(schema);
  const below = inner && describe(inner);
  const fallback = hasFallback(schema) ? written(schema.def.defaultValue) : (below?.fallback ?? null);
  return {
    description: meta.description ?? below?.description,
    form: typeof meta.form === 'string' ? meta.form : (below?.form ?? formOf(schema)),
    fallback,
    isRequired: fallback === null && !(schema instanceof z.ZodOptional) && (below?.isRequired ?? true),
    inner: below?.inner ?? schema,
  };
}

function hasFallback(schema: z.core.$ZodType): schema is z.ZodDefault | z.ZodPrefault {
  return schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault;
}

function unwrapped(schema: z.core.$ZodType): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodOptional || hasFallback(schema)) return schema.def.innerType;
  if (schema instanceof z.ZodPipe) return schema.in;
  return undefined;
}

function formOf(schema: z.core.$ZodType): string {
  if (schema instanceof z.ZodEnum) return schema.options.map((option) => `\`${option}\``).join(' or ');
  if (schema instanceof z.ZodBoolean) return '`true` or `false`';
  if (schema instanceof z.ZodArray) return `list of ${formOf(schema.element).replaceAll(' or ', ', ')}`;
  return schema instanceof z.ZodObject ? 'object' : 'text';
}

function written(value: unknown): string {
  if (Array.isArray(value)) return value.join(',');
  // The keys of an object have defaults of their own.
  return typeof value === 'object' ? '' : String(value);
}
