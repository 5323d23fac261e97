import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
});
