import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asCalled, commandName } from '../../../src/cli/command-name';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'provider-sync-name-'));
  writeFileSync(join(folder, 'main.js'), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the name of the command in advice', () => {
  const script = () => join(folder, 'main.js');

  it('is for npx if npm started it', () => {
    expect(commandName({ script: script(), env: { npm_command: 'exec' }, cwd: '/' })).toBe(
      'npx provider-sync',
    );
    expect(commandName({ script: script(), env: { npm_command: 'run-script' }, cwd: '/' })).toBe(
      'npx provider-sync',
    );
  });

  it('is the name alone if it was called by its name, or has it on the PATH as in the container', () => {
    expect(commandName({ script: '/usr/bin/provider-sync', env: {}, cwd: '/' })).toBe('provider-sync');
    symlinkSync(script(), join(folder, 'provider-sync'));
    expect(commandName({ script: script(), env: { PATH: `/nowhere:${folder}` }, cwd: '/' })).toBe(
      'provider-sync',
    );
    rmSync(join(folder, 'provider-sync'));
  });

  it('is the path for Node otherwise', () => {
    expect(commandName({ script: script(), env: { PATH: folder }, cwd: folder })).toBe('node main.js');
  });

  it('replaces the name in commands, and in no other text', () => {
    const name = commandName();
    expect(asCalled('Run: npx provider-sync migrate, or `provider-sync doctor`.')).toBe(
      `Run: ${name} migrate, or \`${name} doctor\`.`,
    );
    expect(asCalled('a schedule that provider-sync did not make')).toBe(
      'a schedule that provider-sync did not make',
    );
  });
});
