// Builds dist/, unless it was built from the same files before: `npm run build`, and before `npm start`, tests and
// benchmarks. `--check` only reports whether dist/ is up to date. Plain JavaScript, since it runs before the compiler.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

const INPUTS = [
  'src',
  'workflows',
  'activities',
  'test',
  'tsconfig.json',
  'package.json',
  'package-lock.json',
];
/** Holds the hash of the files that dist/ was built from. */
const STAMP = 'dist/built-from';
/** Files that the compiler does not copy. */
const ASSETS = ['src/web/assets', 'src/api/openapi/assets', 'src/simulator/site/assets'];
const OUTPUTS = 'dist';
const CLEAR_LINE = '\r\u001b[2K';
const MAIN = 'dist/src/cli/main.js';

const STEPS = [
  ['Compiling', () => run('tsc', ['-p', 'tsconfig.json'])],
  [
    'Copying the files of the pages',
    () => {
      for (const folder of ASSETS) cpSync(folder, `dist/${folder}`, { recursive: true });
    },
  ],
  ['Bundling the workflows', () => run(process.execPath, ['dist/src/worker/workflow-bundle.js'])],
];

const hash = hashInputs();
const isUpToDate = existsSync(STAMP) && readFileSync(STAMP, 'utf8') === hash;

if (process.argv.includes('--check')) {
  process.stdout.write(`dist/ is ${isUpToDate ? 'up to date' : 'out of date'}\n`);
  process.exitCode = isUpToDate ? 0 : 1;
} else if (!isUpToDate) {
  // A build that fails or is stopped leaves a mixture of old and new files.
  rmSync(STAMP, { force: true });
  const before = timesOfOutputs();
  for (const [name, act] of STEPS) {
    show(name);
    act();
  }
  removeStale(before);
  chmodSync(MAIN, 0o755);
  writeFileSync(STAMP, hash);
  if (process.stderr.isTTY) process.stderr.write(CLEAR_LINE);
}

/** The hash of the paths and contents of all files that the build reads. */
function hashInputs() {
  const sum = createHash('sha256');
  for (const path of INPUTS.flatMap(listFiles)) {
    sum.update(`${path}\0`).update(readFileSync(path)).update('\0');
  }
  return sum.digest('hex');
}

function listFiles(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => listFiles(join(path, name)));
}

/** When each output was written, in milliseconds. */
function timesOfOutputs() {
  return new Map(listFiles(OUTPUTS).map((path) => [path, statSync(path).mtimeMs]));
}

/** Removes the outputs that this build did not write: their sources are gone. */
function removeStale(before) {
  for (const [path, time] of timesOfOutputs()) {
    if (before.get(path) === time) rmSync(path);
  }
}

function run(file, args) {
  const { status, error } = spawnSync(file, args, { stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

/** Reports a step: on a terminal in one line that is updated. */
function show(step) {
  process.stderr.write(process.stderr.isTTY ? `${CLEAR_LINE}Building: ${step} …` : `Building: ${step}\n`);
}
