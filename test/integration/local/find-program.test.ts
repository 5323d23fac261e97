import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram, type Program } from '../../../src/local/find-program';
import { createLogger } from '../../../src/process/logger';

const log = createLogger('silent');

let scratch: string;

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'provider-sync-program-'));
});
afterEach(() => rm(scratch, { recursive: true }));

describe('a program that may have to be downloaded', () => {
  let fetched: number;

  /** A script that answers like the program, after a source that never answers. */
  function program(overrides: Partial<Program> = {}): Program {
    return {
      fileName: 'tool',
      title: 'tool',
      version: '1.0.0',
      variable: 'TOOL_PATH',
      advice: 'install it',
      sources: [
        {
          id: 'broken',
          description: 'a host that is down',
          fetch: () => Promise.reject(new Error('no such host')),
        },
        {
          id: 'mirror',
          description: 'a mirror',
          fetch: async (directory) => {
            fetched += 1;
            return script(directory, 'good');
          },
        },
      ],
      flaw: async (path) => ((await readFile(path, 'utf8')).includes('good') ? null : 'is too old'),
      ...overrides,
    };
  }

  async function script(directory: string, text: string): Promise<string> {
    const path = join(directory, 'tool');
    await mkdir(directory, { recursive: true });
    await writeFile(path, text, { mode: 0o755 });
    return path;
  }

  const find = (env: NodeJS.ProcessEnv, wanted = program()) =>
    findProgram(wanted, { cacheDir: join(scratch, 'cache'), log, env });

  beforeEach(() => {
    fetched = 0;
  });

  it('is taken from its variable first; a wrong variable is an error', async () => {
    const path = await script(join(scratch, 'mine'), 'good');
    expect(await find({ TOOL_PATH: path })).toEqual({ path, origin: expect.stringContaining('TOOL_PATH') });
    await expect(find({ TOOL_PATH: join(scratch, 'nothing') })).rejects.toThrow(
      /^TOOL_PATH names .* is not an executable file/,
    );
  });

  it('is taken from the PATH, except one that is too old', async () => {
    await script(join(scratch, 'old'), 'old');
    const path = await script(join(scratch, 'new'), 'good');
    const PATH = [join(scratch, 'absent'), join(scratch, 'old'), join(scratch, 'new')].join(':');
    expect((await find({ PATH })).path).toBe(path);
  });

  it('is downloaded once, also by several processes at once, and its source is reported each time', async () => {
    const found = await Promise.all([find({}), find({})]);
    const before = fetched;
    found.push(await find({}));
    expect(new Set(found.map(({ path }) => path))).toEqual(
      new Set([join(scratch, 'cache', 'tool-1.0.0-mirror')]),
    );
    expect(new Set(found.map(({ origin }) => origin))).toEqual(new Set(['The tool 1.0.0 is a mirror.']));
    expect(fetched).toBe(before);
    expect(await readdir(join(scratch, 'cache'))).toEqual(['tool-1.0.0-mirror']);
  });

  it('is named with all sources that were tried if none has it', async () => {
    const useless = program({ sources: program().sources.slice(0, 1) });
    await expect(find({}, useless)).rejects.toThrow(/install it.*TOOL_PATH.*PATH.*no such host/s);
  });
});
