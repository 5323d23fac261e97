import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
import { ExpectedError } from '../../process/expected-error';
import { fileSchema } from './file-schema';
import { locate } from './locate';
import { listMistakes, type Mistake, type Position } from './mistake';
import type { Partners } from './partner';
import { namesIn, substitute, valuesIn } from './substitute-variables';
import type { Webhooks } from './webhook';
import { wordMistakes } from './word-mistakes';

/** What partners.yaml configures. */
export interface PartnersFile {
  readonly partners: Partners;
  /** The receivers of webhooks; often none. */
  readonly webhooks: Webhooks;
}

/**
 * Reads the partners of partners.yaml.
 *
 * @throws ExpectedError naming every mistake in the file at once
 */
export function readPartnersFile(path: string, env: NodeJS.ProcessEnv): Partners {
  return readWholePartnersFile(path, env).partners;
}

/**
 * Reads the partners of partners.yaml, and the receivers of webhooks.
 *
 * @throws ExpectedError naming every mistake in the file at once
 */
export function readWholePartnersFile(path: string, env: NodeJS.ProcessEnv): PartnersFile {
  return parsePartnersFile(readText(path), env, path);
}

/**
 * The names of the environment variables that a partners file reads.
 *
 * @throws ExpectedError if the file cannot be read or is not YAML
 */
export function listVariables(path: string): string[] {
  return namesIn(parseYaml(readText(path), path).content);
}

/**
 * The values of these variables, which may be secrets.
 *
 * @throws ExpectedError if the file cannot be read or is not YAML
 */
export function readVariables(path: string, env: NodeJS.ProcessEnv): string[] {
  return valuesIn(parseYaml(readText(path), path).content, env);
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

interface ParsedYaml {
  readonly content: unknown;
  positionOf(mistake: Mistake): Position;
}

function parseYaml(text: string, source: string): ParsedYaml {
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { lineCounter: lines });
    const [error] = document.errors;
    if (error) throw error;
    return { content: document.toJS(), positionOf: (mistake) => locate(document, lines, mistake) };
  } catch (error) {
    throw new ExpectedError(
      `${source} is not YAML: ${(error as Error).message.split('\n')[0]?.replace(/:$/, '.')}`,
    );
  }
}

/** The partners in the content of a partners file. */
export function parsePartners(text: string, env: NodeJS.ProcessEnv, source?: string): Partners {
  return parsePartnersFile(text, env, source).partners;
}

/** Checks the content of a partners file. Messages call it `source`. */
export function parsePartnersFile(
  text: string,
  env: NodeJS.ProcessEnv,
  source = 'partners.yaml',
): PartnersFile {
  const { content, positionOf } = parseYaml(text, source);
  if (content === null) throw new ExpectedError(`${source} has mistakes:\n  the file is empty`);
  const unusable: Mistake[] = [];
  const substituted = substitute(content, env, unusable);
  const result = fileSchema.safeParse(substituted);
  const others = (result.error?.issues ?? [])
    .filter((issue) => !unusable.some(at(issue.path)))
    .flatMap((issue) => wordMistakes(issue, substituted, fileSchema));
  const mistakes = [...unusable, ...others];
  if (!result.success || mistakes.length > 0) {
    const placed = mistakes.map((mistake) => ({ ...mistake, position: positionOf(mistake) }));
    throw new ExpectedError(`${source} has mistakes:\n${listMistakes(placed)}`);
  }
  const { partners, webhooks } = result.data;
  return { partners: byName(partners), webhooks: byName(webhooks) };
}

function byName<T>(entries: Readonly<Record<string, T>>): ReadonlyMap<string, T & { readonly name: string }> {
  return new Map(Object.entries(entries).map(([name, entry]) => [name, { ...entry, name }]));
}

function at(path: readonly PropertyKey[]): (mistake: Mistake) => boolean {
  return (mistake) => mistake.path.join('.') === path.join('.');
}
