import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { PARTNER_NAME } from '../../contract/names';
import { ExpectedError } from '../../process/expected-error';
import { listMistakes, type Mistake } from '../../process/mistakes';
import { isSecretVariable } from '../../process/secret-variables';
import { type Partners, partnerSchema } from './partner';

const fileSchema = z.strictObject({
  partners: z
    .record(z.string().regex(PARTNER_NAME, 'is not a name: use a-z, 0-9 and -'), partnerSchema)
    .refine((partners) => Object.keys(partners).length > 0, 'names no partner'),
});

/** A variable, also inside the default of another variable. */
const NAME = /\$\{([A-Z_][A-Z0-9_]*)/g;
const VARIABLE = /\$\{([A-Z_][A-Z0-9_]*)(?::-([^}]*))?\}/g;

/**
 * Reads partners.yaml.
 *
 * @throws ExpectedError naming every mistake in the file at once
 */
export function readPartnersFile(path: string, env: NodeJS.ProcessEnv): Partners {
  return parsePartners(readText(path), env, path);
}

/**
 * The names of the environment variables that a partners file reads.
 *
 * @throws ExpectedError if the file cannot be read or is not YAML
 */
export function listVariables(path: string): string[] {
  const content = JSON.stringify(parseYaml(readText(path), path)) ?? '';
  return [...new Set([...content.matchAll(NAME)].map(([, name = '']) => name))];
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ExpectedError(
      `The partners file ${path} cannot be read (${(error as NodeJS.ErrnoException).code}); set PARTNERS_FILE to its path.`,
    );
  }
}

function parseYaml(text: string, source: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw new ExpectedError(
      `${source} is not YAML: ${(error as Error).message.split('\n')[0]?.replace(/:$/, '.')}`,
    );
  }
}

/** Checks the content of a partners file. Messages call it `source`. */
export function parsePartners(text: string, env: NodeJS.ProcessEnv, source = 'partners.yaml'): Partners {
  const content = parseYaml(text, source);
  if (content === null) throw new ExpectedError(`${source} has mistakes:\n  the file is empty`);
  const unusable: Mistake[] = [];
  const result = fileSchema.safeParse(substitute(content, env, [], unusable));
  const others = (result.error?.issues ?? []).filter((issue) => !unusable.some(at(issue.path)));
  const issues = [...unusable, ...others];
  if (!result.success || issues.length > 0) {
    throw new ExpectedError(`${source} has mistakes:\n${listMistakes({ issues })}`);
  }
  return new Map(Object.entries(result.data.partners).map(([name, partner]) => [name, { ...partner, name }]));
}

function at(path: readonly PropertyKey[]): (mistake: Mistake) => boolean {
  return (mistake) => mistake.path.join('.') === path.join('.');
}

/**
 * Replaces variables in the texts of parsed YAML, so that a value can never become structure.
 *
 * @param unusable collects the variables that cannot be used
 */
function substitute(
  node: unknown,
  env: NodeJS.ProcessEnv,
  path: readonly string[],
  unusable: Mistake[],
): unknown {
  if (typeof node === 'string') return substituteText(node, env, path, unusable);
  if (Array.isArray(node)) {
    return node.map((item, index) => substitute(item, env, [...path, String(index)], unusable));
  }
  if (node !== null && typeof node === 'object') {
    return Object.fromEntries(
      Object.entries(node).map(([key, value]) => [key, substitute(value, env, [...path, key], unusable)]),
    );
  }
  return node;
}

function substituteText(
  text: string,
  env: NodeJS.ProcessEnv,
  path: readonly string[],
  unusable: Mistake[],
): string {
  const secrets = [...text.matchAll(NAME)].map(([, name = '']) => name).filter(isSecretVariable);
  if (secrets.length > 0) {
    const reason = 'a secret that must not reach a partner; use another variable';
    unusable.push(...secrets.map((name) => ({ path, message: `reads ${name}, ${reason}` })));
    return text;
  }
  return text.replace(VARIABLE, (match, name: string, fallback: string | undefined) => {
    const value = env[name] || fallback;
    if (value !== undefined) return value;
    const message = `reads ${name}, which is not set; set it, or give a default as \${NAME:-default}`;
    unusable.push({ path, message });
    return match;
  });
}
