import { readFileSync, writeFileSync } from 'node:fs';
import nodeModule from 'node:module';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';

/*
 * Preloaded into the commands of the tests (`node --require`) on a Node without a compile cache of its own. They then
 * load their modules with the compiled code and the paths that a command before them has written. The folder is in
 * CODE_CACHE_READ, or in CODE_CACHE_WRITE to write it at the end of the process. `start-servers.ts` writes it anew
 * before the tests, so it is never older than the modules.
 */

/** What this file needs of Node's loader; its types do not have it. */
interface Loader {
  readonly wrap: (content: string) => string;
  readonly _resolveFilename: (request: string, parent: NodeJS.Module, isMain: boolean) => string;
  readonly _extensions: NodeJS.Require['extensions'];
  readonly _cache: NodeJS.Require['cache'];
  /** The file of each request that was resolved before. */
  readonly _pathCache: Record<string, string>;
  readonly prototype: {
    _compile(this: NodeJS.Module, content: string, filename: string, format?: string): unknown;
  };
}

/** Where the compiled code of each module begins in the file `code`, and its length. */
type Places = Record<string, readonly [start: number, length: number]>;

const loader = nodeModule as unknown as Loader;
const compileWithout = loader.prototype._compile;
/** A module with `import()` stays with Node's loader, since only that can import from it. */
const IMPORT = /\bimport\s*\(/;
const { CODE_CACHE_READ, CODE_CACHE_WRITE } = process.env;

/** Loads modules with the compiled code in this folder. Without it, they are compiled as usual. */
function readCode(folder: string): void {
  let index: { places: Places; paths: Record<string, string> };
  let code: Buffer;
  try {
    index = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8'));
    code = readFileSync(join(folder, 'code'));
  } catch {
    // A command of another user may not read it.
    return;
  }
  Object.assign(loader._pathCache, index.paths);
  loader.prototype._compile = function (content, filename, format) {
    const place = index.places[filename];
    if (!place) return compileWithout.call(this, content, filename, format);
    const [start, length] = place;
    return execute(this, filename, compile(content, filename, code.subarray(start, start + length)));
  };
}

/** Keeps the code of each module, and writes it at the end of the process, with the functions that were used. */
function writeCode(folder: string): void {
  const scripts = new Map<string, Script>();
  loader.prototype._compile = function (content, filename, format) {
    if (IMPORT.test(content)) return compileWithout.call(this, content, filename, format);
    let script: Script;
    try {
      script = compile(content, filename);
    } catch {
      // An ES module.
      return compileWithout.call(this, content, filename, format);
    }
    scripts.set(filename, script);
    return execute(this, filename, script);
  };
  process.on('exit', () => {
    const places: Places = {};
    const codes: Buffer[] = [];
    let start = 0;
    for (const [filename, script] of scripts) {
      const code = script.createCachedData();
      places[filename] = [start, code.length];
      codes.push(code);
      start += code.length;
    }
    writeFileSync(join(folder, 'code'), Buffer.concat(codes));
    writeFileSync(join(folder, 'index.json'), JSON.stringify({ places, paths: loader._pathCache }));
  });
}

function compile(content: string, filename: string, cachedData?: Buffer): Script {
  return new Script(loader.wrap(content), { filename, cachedData });
}

/** Executes a CommonJS module, as Node's loader does. */
function execute(module: NodeJS.Module, filename: string, script: Script): unknown {
  const requireFrom = Object.assign((request: string) => module.require(request), {
    resolve: (request: string) => loader._resolveFilename(request, module, false),
    main: process.mainModule,
    cache: loader._cache,
    extensions: loader._extensions,
  });
  const run = script.runInThisContext() as (...given: unknown[]) => unknown;
  return run.call(module.exports, module.exports, requireFrom, module, filename, dirname(filename));
}

if (CODE_CACHE_WRITE) writeCode(CODE_CACHE_WRITE);
else if (CODE_CACHE_READ) readCode(CODE_CACHE_READ);
