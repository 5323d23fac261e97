import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { ExpectedError } from '../process/expected-error';
import { listMistakes, type Mistake } from '../process/mistakes';
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
    throw new ExpectedError(
      `${source} is not YAML: ${(error as Error).message.split('\n')[0]?.replace(/:$/, '.')}`,
    );
  }
  const unset: Mistake[] = [];
  const result = fileSchema.safeParse(substitute(content, env, [], unset));
  const others = (result.error?.issues ?? []).filter((issue) => !unset.some(at(issue.path)));
  const issues = [...unset, ...others];
  if (!result.success || issues.length > 0) {
    throw new ExpectedError(`${source} has mistakes:\n${listMistakes({ issues })}`);
  }
  return new Map(Object.entries(result.data.partners).map(([name, partner]) => [name, { ...partner, name }]));
}

function at(path: readonly PropertyKey[]): (mistake: Mistake) => boolean {
  return (mistake) => mistake.path.join('.') === path.join('.');
}

/** Replaces variables in the texts of parsed YAML, so that a value can never become structure. */
function substitute(
  node: unknown,
  env: NodeJS.ProcessEnv,
  path: readonly string[],
  unset: Mistake[],
): unknown {
  if (typeof node === 'string') {
    return node.replace(VARIABLE, (match, name: string, fallback: string | undefined) => {
      const value = env[name] || fallback;
      if (value !== undefined) return value;
      const message = `reads ${name}, which is not set; set it, or give a default as \${NAME:-default}`;
      unset.push({ path, message });
      return match;
    });
  }
  if (Array.isArray(node)) {
    return node.map((item, index) => substitute(item, env, [...path, String(index)], unset));
  }
  if (node !== null && typeof node === 'object') {
    return Object.fromEntries(
      Object.entries(node).map(([key, value]) => [key, substitute(value, env, [...path, key], unset)]),
    );
  }
  return node;
}
