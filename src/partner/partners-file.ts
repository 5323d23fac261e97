import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { ExpectedError } from '../process/expected-error';
import { listMistakes } from '../process/mistakes';
import { type Partners, partnerSchema } from './partner';

const fileSchema = z.strictObject({
  partners: z
    .record(z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'is no name: use a-z, 0-9 and -'), partnerSchema)
    .refine((partners) => Object.keys(partners).length > 0, 'names no partner'),
});

const VARIABLE = /\$\{([A-Z_][A-Z0-9_]*)(?::-([^}]*))?\}/g;

/**
 * Reads partners.yaml.
 *
 * @throws ExpectedError naming every mistake in the file at once
 */
export function readPartnersFile(path: string, env: NodeJS.ProcessEnv): Partners {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new ExpectedError(
      `The partners file ${path} cannot be read (${(error as NodeJS.ErrnoException).code}); set PARTNERS_FILE to its path.`,
    );
  }
  return parsePartners(text, env, path);
}

/** The content of a partners file, checked; `source` is what messages call it. */
export function parsePartners(text: string, env: NodeJS.ProcessEnv, source = 'partners.yaml'): Partners {
  let content: unknown;
  try {
    content = parse(text);
  } catch (error) {
    throw new ExpectedError(`${source} is not YAML: ${(error as Error).message.split('\n')[0]}`);
  }
  const unset = new Set<string>();
  const result = fileSchema.safeParse(substitute(content, env, unset));
  if (unset.size > 0) {
    throw new ExpectedError(
      `${source} reads environment variables that are not set: ${[...unset].join(', ')}. Set them or give a default as \${NAME:-default}.`,
    );
  }
  if (!result.success) {
    throw new ExpectedError(`${source} has mistakes:\n${listMistakes(result.error)}`);
  }
  return new Map(Object.entries(result.data.partners).map(([name, partner]) => [name, { ...partner, name }]));
}

/** Replaces variables in the texts of parsed YAML, so that a value can never become structure. */
function substitute(node: unknown, env: NodeJS.ProcessEnv, unset: Set<string>): unknown {
  if (typeof node === 'string') {
    return node.replace(VARIABLE, (_match, name: string, fallback: string | undefined) => {
      const value = env[name] || fallback;
      if (value === undefined) unset.add(name);
      return value ?? '';
    });
  }
  if (Array.isArray(node)) return node.map((item) => substitute(item, env, unset));
  if (node !== null && typeof node === 'object') {
    return Object.fromEntries(
      Object.entries(node).map(([key, value]) => [key, substitute(value, env, unset)]),
    );
  }
  return node;
}
