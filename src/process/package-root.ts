import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of package.json, whether the code runs compiled from `dist/` or as source. */
export const PACKAGE_ROOT = findRoot(__dirname);

/** The version of this package, and the versions of Node that it supports. */
export const { version, engines } = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as {
  version: string;
  engines: { node: string };
};

function findRoot(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : findRoot(dirname(folder));
}
