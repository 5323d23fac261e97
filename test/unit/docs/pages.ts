import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../../src/process/package-root';

/** A Markdown file of this repository. */
export interface Page {
  /** From the root, such as `docs/api.md`. */
  readonly path: string;
  readonly text: string;
}

/** The Markdown files at the root and in docs/. */
export function readPages(): Page[] {
  return ['', 'docs/'].flatMap((folder) =>
    readdirSync(join(PACKAGE_ROOT, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => ({ path: folder + name, text: readText(folder + name) })),
  );
}

export function readText(path: string): string {
  return readFileSync(join(PACKAGE_ROOT, path), 'utf8');
}

/** The TypeScript below these folders as one text, except the checks of the documentation. */
export function readCode(folders: readonly string[]): string {
  return folders
    .flatMap((folder) =>
      readdirSync(join(PACKAGE_ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
        join(folder, name),
      ),
    )
    .filter((path) => /\.tsx?$/.test(path) && !path.startsWith('test/unit/docs/'))
    .map(readText)
    .join('\n');
}

/** The code spans and code blocks of a page, without their marks. */
export function codeOf({ text }: Page): string[] {
  return [...text.matchAll(/```[^\n]*\n([\s\S]*?)```|`([^`\n]+)`/g)].map(
    ([, block, span]) => block ?? span ?? '',
  );
}
