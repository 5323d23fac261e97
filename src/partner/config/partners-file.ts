import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
import { ExpectedError } from '../../process/expected-error';
import { fileSchema } from './file-schema';
import { locate } from './locate';
import { listMistakes, type Mistake, type Position } from './mistake';
import type { Partners } from './partner';
import { namesIn, substitute, valuesIn } from './substitute-variables';
import { wordMistakes } from './word-mistakes';

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

/** Checks the content of a partners file. Messages call it `source`. */
export function parsePartners(text: string, env: NodeJS.ProcessEnv, source = 'partners.yaml'): Partners {
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
  return new Map(Object.entries(result.data.partners).map(([name, partner]) => [name, { ...partner, name }]));
}

function at(path: readonly PropertyKey[]): (mistake: Mistake) => boolean {
  return (mistake) => mistake.path.join('.') === path.join('.');
}
