import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listFromLsof, listFromProc } from '../../../src/local/listening-ports';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'provider-sync-ports-'));
});
afterEach(() => rm(dir, { recursive: true }));

describe('the ports from lsof', () => {
  async function lsof(...lines: string[]): Promise<number[] | null> {
    const script = join(dir, 'lsof');
    await writeFile(script, ['#!/bin/sh', ...lines].join('\n'), { mode: 0o700 });
    return listFromLsof(1, script);
  }

  it('are what it lists, also if it could not list everything', async () => {
    expect(await lsof('echo p7; echo f3; echo n127.0.0.1:7233')).toEqual([7233]);
    expect(await lsof('echo p7; echo f3; echo n127.0.0.1:7233; exit 1')).toEqual([7233]);
    expect(await lsof('exit 1')).toEqual([]);
  });

  it('are unknown if it is missing, fails or is ended', async () => {
    expect(await listFromLsof(1, join(dir, 'missing'))).toBeNull();
    expect(await lsof('exit 2')).toBeNull();
    expect(await lsof('kill -9 $$')).toBeNull();
  });
});

describe('the ports from /proc', () => {
  const LISTENS = '0: 0100007F:1C41 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 4711 1';

  /** The leader of a group, with its socket, and a process of the group. */
  beforeEach(async () => {
    await mkdir(join(dir, 'net'));
    await writeFile(join(dir, 'net/tcp'), `head\n${LISTENS}\n`);
    await mkdir(join(dir, '7/fd'), { recursive: true });
    await symlink('socket:[4711]', join(dir, '7/fd/3'));
    await writeFile(join(dir, '7/stat'), '7 (a) b) S 1 7 7');
    await mkdir(join(dir, '8'));
    await writeFile(join(dir, '8/stat'), '8 (c) S 7 7 7');
  });

  it('are those of the sockets of the group, whose other process has ended', async () => {
    expect(await listFromProc(7, dir)).toEqual([7233]);
    expect(await listFromProc(9, dir)).toEqual([]);
  });

  it('are unknown if the table or the files of a process cannot be read', async () => {
    // Not a folder, as root can read any.
    await writeFile(join(dir, '8/fd'), '');
    expect(await listFromProc(7, dir)).toBeNull();
    await writeFile(join(dir, '8/stat'), '8 (c) Z 7 7 7');
    expect(await listFromProc(7, dir)).toEqual([7233]);
    await rm(join(dir, 'net/tcp'));
    expect(await listFromProc(7, dir)).toBeNull();
  });
});
