import { readFileSync } from 'node:fs';
import { isSecretVariable } from '../../process/secret-variables';
import { isComputed } from '../language/value';
import type { Mistake } from './mistake';

/** A variable, also inside the default of another variable. */
const NAME = /\$\{([A-Z_][A-Z0-9_]*)/g;
const VARIABLE = /\$\{([A-Z_][A-Z0-9_]*)(?::-([^}]*))?\}/g;

/** Keys and certificates are smaller. */
const MAX_FILE_LENGTH = 64 * 1024;

/** The names of the variables in a parsed partners file. */
export function namesIn(content: unknown): string[] {
  return [...new Set([...(JSON.stringify(content) ?? '').matchAll(NAME)].map(([, name = '']) => name))];
}

/** The values of the variables in a parsed partners file, as far as they are set and can be read. */
export function valuesIn(content: unknown, env: NodeJS.ProcessEnv): string[] {
  return namesIn(content).flatMap((name) => readVariable(name, env, () => undefined) || []);
}

/**
 * Replaces variables in the texts of parsed YAML, so that a value can never become structure or an expression.
 *
 * @param mistakes collects the variables that cannot be used
 */
export function substitute(
  node: unknown,
  env: NodeJS.ProcessEnv,
  mistakes: Mistake[],
  path: readonly string[] = [],
): unknown {
  if (typeof node === 'string') return substituteText(node, env, mistakes, path);
  if (Array.isArray(node)) {
    return node.map((item, index) => substitute(item, env, mistakes, [...path, String(index)]));
  }
  if (node !== null && typeof node === 'object') {
    return Object.fromEntries(
      Object.entries(node).map(([key, value]) => [key, substitute(value, env, mistakes, [...path, key])]),
    );
  }
  return node;
}

function substituteText(
  text: string,
  env: NodeJS.ProcessEnv,
  mistakes: Mistake[],
  path: readonly string[],
): string {
  const refuse = (message: string) => mistakes.push({ path, message });
  const names = [...text.matchAll(NAME)].map(([, name = '']) => name);
  for (const name of names.filter(isSecretVariable)) {
    refuse(`reads ${name}, a secret that must not reach a partner; use another variable`);
  }
  if (names.length === 0 || names.some(isSecretVariable)) return text;
  if (isComputed(text)) {
    refuse(`reads ${names[0]} in an expression; give it a name under secrets and read secrets.name`);
    return text;
  }
  const value = text.replace(VARIABLE, (match, name: string, fallback: string | undefined) => {
    const found = readVariable(name, env, refuse);
    if (found === null) return match;
    if (found || fallback !== undefined) return found || (fallback as string);
    refuse(`reads ${name}, which is not set; set it, or give a default as \${NAME:-default}`);
    return match;
  });
  return isComputed(value) ? keepAsText(value, path, refuse) : value;
}

/** The value of a variable or of the file that it names; null if it cannot be read, which is refused. */
function readVariable(
  name: string,
  env: NodeJS.ProcessEnv,
  refuse: (message: string) => void,
): string | null | undefined {
  const path = env[`${name}_FILE`];
  if (!path) return env[name];
  if (env[name]) {
    refuse(`reads ${name}, which is set, and ${name}_FILE too; keep one of them`);
    return null;
  }
  try {
    const text = readFileSync(path, 'utf8').trim();
    if (text.length <= MAX_FILE_LENGTH) return text;
    refuse(`reads ${name}, but the file of ${name}_FILE is longer than ${MAX_FILE_LENGTH} characters`);
  } catch (error) {
    refuse(
      `reads ${name}, but the file of ${name}_FILE cannot be read (${(error as NodeJS.ErrnoException).code})`,
    );
  }
  return null;
}

/** Texts of requests have `==` for a text that begins with `=`. Places of values are never the value of a variable. */
function keepAsText(value: string, path: readonly string[], refuse: (message: string) => void): string {
  const [part = '', key = ''] = path.slice(2);
  if (['auth', 'providers'].includes(part) && ['headers', 'query', 'body'].includes(key)) return `=${value}`;
  if (['fields', 'identity'].includes(part) || ['records', 'next', 'total', 'token'].includes(key)) {
    refuse('reads a variable whose value begins with =; write expressions into the file');
  }
  return value;
}
