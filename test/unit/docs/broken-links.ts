import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { PACKAGE_ROOT } from '../../../src/process/package-root';
import { codeOf, type Page } from './pages';

const LINK = /\]\((?!https?:|mailto:)([^)\s]+)\)/g;
/** A path of this repository in code, with its folder, and without a pattern or a placeholder. */
const PATH = /^(?:src|test|docs|workflows|activities|\.ci|\.github)(?:\/[\w.-]+)*\/?$/;

/** The broken links between the pages, and the paths in code that do not exist. */
export function brokenLinks(pages: readonly Page[]): string[] {
  const anchors = new Map(pages.map((page) => [page.path, anchorsOf(page)]));
  return pages.flatMap((page) =>
    [
      ...[...page.text.matchAll(LINK)]
        .map(([, target = '']) => target)
        .filter((target) => !resolves(target, page, anchors)),
      ...codeOf(page).filter((code) => PATH.test(code) && !existsSync(join(PACKAGE_ROOT, code))),
    ].map((target) => `${page.path}: ${target}`),
  );
}

function resolves(target: string, page: Page, anchors: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  const [file = '', anchor] = target.split('#');
  const path = file === '' ? page.path : normalize(join(dirname(page.path), file));
  if (!existsSync(join(PACKAGE_ROOT, path))) return false;
  return anchor === undefined || anchors.get(path)?.has(anchor) === true;
}

/** The anchors that GitHub makes from the headings. */
function anchorsOf({ text }: Page): Set<string> {
  const headings = text.replace(/```[\s\S]*?```/g, '').matchAll(/^#+ (.*)$/gm);
  return new Set(
    [...headings].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}
