import { access, chmod, constants, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { ExpectedError } from '../process/expected-error';
import type { Logger } from '../process/logger';
import { readProcess } from './process-info';
import type { ProgramSource } from './program-sources';

export interface FoundBinary {
  readonly path: string;
  /** The source of the program, as a sentence. */
  readonly origin: string;
}

/** A program that may have to be downloaded. */
export interface Program {
  /** Its file name on the PATH and, with the version, in the cache. */
  readonly fileName: string;
  /** The name in messages. */
  readonly title: string;
  /** The version to download. */
  readonly version: string;
  /** The environment variable that names the program's path. */
  readonly variable: string;
  /** Tried in this order. */
  readonly sources: readonly ProgramSource[];
  /** The advice if no way succeeds. */
  readonly advice: string;
  /** The reason why this file cannot be used, completing "it …"; null if it can. */
  flaw(path: string): Promise<string | null>;
}

export interface FindOptions {
  /** The folder for downloads, created if it is missing. */
  readonly cacheDir: string;
  readonly log: Logger;
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Finds a program: at the path in its environment variable, on the PATH, in the cache, or by download. Several
 * processes may do so at the same time.
 *
 * @throws ExpectedError if the variable names no usable file, or listing every attempt with its failure
 */
export async function findProgram(program: Program, options: FindOptions): Promise<FoundBinary> {
  const { cacheDir, log, env = process.env } = options;
  return (
    (await fromVariable(program, env)) ??
    (await fromPath(program, env, log)) ??
    (await fromCache(program, cacheDir, log)) ??
    (await fromSources(program, cacheDir, log))
  );
}

async function fromVariable(program: Program, env: NodeJS.ProcessEnv): Promise<FoundBinary | null> {
  const { title, variable } = program;
  const named = env[variable];
  if (!named) return null;
  const path = resolve(named);
  const flaw = await usability(program, path);
  if (flaw) {
    throw new ExpectedError(
      `${variable} names ${path}, but it ${flaw}: correct it, or unset it to have the ${title} found for you.`,
    );
  }
  return { path, origin: `The ${title} is the one that ${variable} names (${path}).` };
}

async function fromPath(program: Program, env: NodeJS.ProcessEnv, log: Logger): Promise<FoundBinary | null> {
  const directories = (env.PATH ?? '').split(delimiter).filter(Boolean);
  for (const directory of directories) {
    const path = resolve(directory, program.fileName);
    if (!(await isExecutableFile(path))) continue;
    const flaw = await usability(program, path);
    if (!flaw) return { path, origin: `The ${program.title} is the one on the PATH (${path}).` };
    log.warn(`Skipping ${path}: it ${flaw}`);
  }
  return null;
}

async function fromCache(program: Program, cacheDir: string, log: Logger): Promise<FoundBinary | null> {
  for (const source of program.sources) {
    const path = cached(program, source, cacheDir);
    if (!(await isExecutableFile(path))) continue;
    const flaw = await usability(program, path);
    if (!flaw) return { path, origin: originOf(program, source) };
    log.warn(`Skipping ${path}: it ${flaw}`);
  }
  return null;
}

async function fromSources(program: Program, cacheDir: string, log: Logger): Promise<FoundBinary> {
  const { title, fileName, version, variable, sources, advice } = program;
  await mkdir(cacheDir, { recursive: true });
  await sweepCache(cacheDir);
  const failures = [`${variable} is not set`, `no usable ${fileName} is on the PATH or in ${cacheDir}`];
  for (const source of sources) {
    log.info(`Downloading the ${title} ${version}: ${source.description}`);
    try {
      const path = await download(program, source, cacheDir);
      return { path, origin: originOf(program, source) };
    } catch (error) {
      const reason = `${source.description}: ${(error as Error).message}`;
      log.info(`Download failed: ${reason}`);
      failures.push(reason);
    }
  }
  const list = failures.map((failure) => `\n  - ${failure}`).join('');
  throw new ExpectedError(`The ${title} was not found: ${advice}. Attempts:${list}`);
}

/** Downloads into a temporary directory and moves the file to its place, so that no reader sees half of it. */
async function download(program: Program, source: ProgramSource, cacheDir: string): Promise<string> {
  const draft = await mkdtemp(join(resolve(cacheDir), `.${process.pid}-`));
  try {
    const fetched = await source.fetch(draft);
    await chmod(fetched, 0o755);
    const flaw = await usability(program, fetched);
    if (flaw) throw new Error(`it ${flaw}`);
    const path = cached(program, source, cacheDir);
    await rename(fetched, path);
    return path;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Removes files of downloads that were killed. */
async function sweepCache(cacheDir: string): Promise<void> {
  for (const name of await readdir(cacheDir)) {
    const pid = /^\.(\d+)-/.exec(name)?.[1];
    if (pid && !(await readProcess(Number(pid)))) {
      await rm(join(cacheDir, name), { recursive: true, force: true });
    }
  }
}

function cached({ fileName, version }: Program, source: ProgramSource, cacheDir: string): string {
  return resolve(cacheDir, `${fileName}-${version}-${source.id}`);
}

function originOf({ title, version }: Program, source: ProgramSource): string {
  return `The ${title} ${version} is ${source.description}.`;
}

async function usability(program: Program, path: string): Promise<string | null> {
  return (await isExecutableFile(path)) ? program.flaw(path) : 'is not an executable file';
}

async function isExecutableFile(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
