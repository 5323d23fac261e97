import { z } from 'zod';
import { suggest } from '../../process/suggest';
import type { Mistake } from './mistake';
import { schemaAt } from './schema-at';

type Issue = z.core.$ZodIssue;

/** Words what is wrong with a value, what was expected, and what may have been meant. */
export function wordMistakes(issue: Issue, content: unknown, schema: z.core.$ZodType): Mistake[] {
  const { path } = issue;
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        path: [...path, key],
        message: `is not a known key${suggest(key, keysOf(schemaAt(schema, path)))}`,
        isInKey: true,
      }));
    case 'invalid_key':
      return [{ path, message: issue.issues[0]?.message ?? issue.message, isInKey: true }];
    case 'invalid_value': {
      const value = valueAt(content, path);
      if (value === undefined) return [{ path, message: 'is missing' }];
      const known = issue.values.map(String);
      return [{ path, message: `is none of ${known.join(', ')}${suggest(String(value), known)}` }];
    }
    case 'invalid_type':
      return [{ path, message: wordType(issue, valueAt(content, path)) }];
    case 'custom':
      return [{ path, message: issue.message }];
    default:
      return [{ path, message: issue.message.replace(/^Invalid input: /, '') }];
  }
}

function wordType({ expected }: z.core.$ZodIssueInvalidType, value: unknown): string {
  if (value === undefined) return 'is missing';
  const received = value === null ? 'nothing' : Array.isArray(value) ? 'a list' : NAMES[typeof value];
  return `is ${received ?? 'something else'} where ${NAMES[expected] ?? expected} is expected`;
}

const NAMES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

function keysOf(schema: z.core.$ZodType | undefined): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

function valueAt(content: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (node, key) =>
      node !== null && typeof node === 'object' && Object.hasOwn(node, key)
        ? (node as Record<PropertyKey, unknown>)[key]
        : undefined,
    content,
  );
}
