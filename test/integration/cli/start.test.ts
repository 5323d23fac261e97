import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PACKAGE_ROOT, version } from '../../../src/process/package-root';
import { killCommands, MAIN, runCommand, runProgram } from '../../support/command';

afterAll(killCommands);

describe('the command', () => {
  it('prints its version', async () => {
    expect(await runCommand(['--version'], {})).toMatchObject({
      code: 0,
      stdout: `${version}\n`,
      stderr: '',
    });
  });

  it.each(['--help', '--version'])('loads no package except commander for %s', async (option) => {
    const script = `
      process.argv.splice(1, 0, ${JSON.stringify(MAIN)});
      process.on('exit', () => console.error(Object.keys(require.cache).join('\\n')));
      require(${JSON.stringify(MAIN)});`;
    const { stderr } = await runProgram(process.execPath, ['-e', script, '--', option]);
    const packages = [...stderr.matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)/g)].map(([, name]) => name);
    expect([...new Set(packages)]).toEqual(['commander']);
  });

  it('prints a completion script, for which it loads all commands', async () => {
    const { code, stdout, stderr } = await runCommand(['completion', 'bash'], {});
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('backfill');
  });

  it('names itself in advice as it was called', async () => {
    const env = { DATA_DIR: tmpdir(), DATABASE_URL: '', npm_command: undefined };
    const { stderr } = await runCommand(['nonsense'], env);
    expect(stderr).toMatch(/\(see node \S*main\.js --help\)/);
  });
});

describe('the build', () => {
  it('is repeated only if a file that it reads has changed', async () => {
    const copy = mkdtempSync(join(tmpdir(), 'provider-sync-build-'));
    const inputs = ['src', 'workflows', 'activities', 'test', 'package.json', 'package-lock.json'];
    for (const path of [...inputs, 'tsconfig.json', 'dist/built-from']) {
      cpSync(join(PACKAGE_ROOT, path), join(copy, path), { recursive: true });
    }
    const check = async () =>
      (await runProgram('sh', ['-c', 'cd "$0" && "$1" src/build.mjs --check', copy, process.execPath]))
        .stdout;
    try {
      expect(await check()).toBe('dist/ is up to date\n');
      writeFileSync(join(copy, 'workflows/new.ts'), 'export {};\n');
      expect(await check()).toBe('dist/ is out of date\n');
      rmSync(join(copy, 'workflows/new.ts'));
      expect(await check()).toBe('dist/ is up to date\n');
      rmSync(join(copy, 'dist'), { recursive: true });
      expect(await check()).toBe('dist/ is out of date\n');
    } finally {
      rmSync(copy, { recursive: true });
    }
  });

  it('removes the outputs of sources that are gone, and no others', async () => {
    const project = smallProject();
    try {
      project.write('src/gone.ts', 'export {};\n');
      expect(await project.build()).toMatchObject({ code: 0 });
      expect(project.has('dist/src/gone.js')).toBe(true);
      project.remove('src/gone.ts');
      project.remove('src/web/assets/page.css');
      project.write('src/web/assets/styles/page.css', '');
      expect(await project.build()).toMatchObject({ code: 0 });
      expect(project.has('dist/src/gone.js')).toBe(false);
      expect(project.has('dist/src/web/assets/page.css')).toBe(false);
      expect(project.has('dist/src/web/assets/styles/page.css')).toBe(true);
      expect(project.has('dist/src/cli/main.js')).toBe(true);
    } finally {
      project.delete();
    }
  });

  it('counts as out of date after it failed, even if its input is the earlier one again', async () => {
    const project = smallProject();
    try {
      expect(await project.build()).toMatchObject({ code: 0 });
      expect((await project.build('--check')).stdout).toBe('dist/ is up to date\n');
      project.write('src/cli/main.ts', 'export const count: number = "one";\n');
      expect(await project.build()).toMatchObject({
        code: expect.any(Number),
        stdout: expect.stringContaining('TS2322'),
      });
      expect(project.has('dist/built-from')).toBe(false);
      project.write('src/cli/main.ts', 'export {};\n');
      expect((await project.build('--check')).stdout).toBe('dist/ is out of date\n');
    } finally {
      project.delete();
    }
  });
});

/** A project of a few files that our build can build. */
function smallProject() {
  const folder = mkdtempSync(join(tmpdir(), 'provider-sync-build-'));
  const write = (path: string, text: string) => {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  cpSync(join(PACKAGE_ROOT, 'src/build.mjs'), join(folder, 'src/build.mjs'), { recursive: true });
  const compilerOptions = { rootDir: '.', outDir: 'dist', types: [] };
  write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['src'] }));
  write('src/web/assets/page.css', '');
  for (const path of ['src/api/openapi/assets', 'src/simulator/site/assets']) write(`${path}/page.css`, '');
  for (const path of ['src/cli/main.ts', 'src/worker/workflow-bundle.ts']) write(path, 'export {};\n');
  return {
    write,
    has: (path: string) => existsSync(join(folder, path)),
    remove: (path: string) => rmSync(join(folder, path)),
    delete: () => rmSync(folder, { recursive: true }),
    build: (option = '') =>
      runProgram('sh', ['-c', 'cd "$0" && "$1" src/build.mjs $2', folder, process.execPath, option], {
        PATH: `${join(PACKAGE_ROOT, 'node_modules/.bin')}:${process.env.PATH}`,
      }),
  };
}
