import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Scenario } from './scenario';

/** A small full disk that holds the table of providers. */
export interface FullDisk {
  /** Frees space on the disk. */
  clear(): Promise<void>;
  remove(): Promise<void>;
}

const SIZE = '1m';

/** Whether we may mount a disk on this machine. It needs root, and most containers forbid it. */
export const canFillDisk = mayMount();

/** Moves the table to a small disk that is full. */
export async function fillDisk({ dataSource, databaseUrl, administer }: Scenario): Promise<FullDisk> {
  const [{ data_directory: cluster }] =
    await dataSource.query<[{ data_directory: string }]>('SHOW data_directory');
  const { uid, gid } = await stat(cluster);
  const disk = mount(`uid=${uid},gid=${gid},mode=700`);
  const tablespace = new URL(databaseUrl).pathname.slice(1);
  await administer(`CREATE TABLESPACE ${tablespace} LOCATION '${disk}'`);
  await dataSource.query(`ALTER TABLE providers SET TABLESPACE ${tablespace}`);
  const ballast = join(disk, 'ballast');
  await writeFile(ballast, Buffer.alloc(2 ** 21)).catch((error) => {
    if (error.code !== 'ENOSPC') throw error;
  });
  const clear = () => rm(ballast, { force: true });
  return {
    clear,
    async remove() {
      await clear();
      await dataSource.query('ALTER TABLE providers SET TABLESPACE pg_default');
      await administer(`DROP TABLESPACE ${tablespace}`);
      unmount(disk);
    },
  };
}

/** For machines without {@link fillDisk}: a trigger raises the error that Postgres raises for a full disk. */
export async function pretendFullDisk({ dataSource }: Scenario): Promise<FullDisk> {
  await dataSource.query(`
    CREATE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full';
    END $$;
    CREATE TRIGGER disk_full BEFORE INSERT ON providers EXECUTE FUNCTION disk_full()`);
  return {
    clear: () => dataSource.query('DROP TRIGGER disk_full ON providers'),
    remove: async () => undefined,
  };
}

function mayMount(): boolean {
  try {
    unmount(mount('mode=700'));
    return true;
  } catch {
    return false;
  }
}

function mount(options: string): string {
  const disk = mkdtempSync(join(tmpdir(), 'provider-sync-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE},${options}`, 'tmpfs', disk], {
      stdio: 'ignore',
      timeout: 10_000,
    });
  } catch (error) {
    rmdirSync(disk);
    throw error;
  }
  return disk;
}

function unmount(disk: string): void {
  execFileSync('umount', [disk], { stdio: 'ignore', timeout: 10_000 });
  rmdirSync(disk);
}
