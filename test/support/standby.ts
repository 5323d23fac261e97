import { chown, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { runProgram } from './command';
import { endOwner, type KillableServer, startOwner } from './killable-server';
import { startWay } from './way';

/** A standby that follows a primary by streaming replication. */
export interface Standby {
  /** Whether it has everything that the primary has written. */
  hasAll(): Promise<boolean>;
  /** Cuts it off from the primary. What the primary writes from now on is lost to it. */
  fallBehind(): void;
  /** Makes it a primary, and leads the connections of the former primary to it. */
  promote(): Promise<void>;
  end(): Promise<void>;
}

/** Copies the files of a running primary, and starts a standby on them. */
export async function startStandby(primary: KillableServer): Promise<Standby> {
  const { hostname, port, username, password } = new URL(primary.url);
  const way = await startWay(`${hostname}:${port}`);
  const dataDir = await mkdtemp(join(tmpdir(), 'provider-sync-standby-'));
  await copyFiles(primary, dataDir);
  const [host, wayPort] = way.address.split(':');
  const conninfo = `host=${host} port=${wayPort} user=${username} password=${password}`;
  const owner = await startOwner('standby', dataDir, [conninfo]);
  const url = new URL(primary.url);
  url.host = owner.server.address;
  return {
    hasAll: () =>
      asking(primary.url, async (client) => {
        const { rows } = await client.query(
          `SELECT FROM pg_stat_replication WHERE state = 'streaming' AND replay_lsn >= pg_current_wal_lsn()`,
        );
        return rows.length === 1;
      }),
    fallBehind: () => way.cut(),
    async promote() {
      await asking(url.href, (client) => client.query('SELECT pg_promote()'));
      primary.way.lead(owner.server.address);
    },
    async end() {
      way.close();
      await endOwner(owner.process);
      await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** As pg_basebackup does, which npm does not install. */
async function copyFiles(primary: KillableServer, dataDir: string): Promise<void> {
  const data = join(dataDir, 'postgres', 'data');
  await asking(primary.url, async (client) => {
    await client.query(`SELECT pg_backup_start('standby', true)`);
    const copied = await runProgram('cp', ['-a', join(primary.dataDir, 'postgres'), dataDir]);
    if (copied.code !== 0) throw new Error(`The files were not copied: ${copied.stderr}`);
    const { rows } = await client.query('SELECT labelfile FROM pg_backup_stop(false)');
    await rm(join(data, 'postmaster.pid'));
    const { uid, gid } = await stat(data);
    const files = { backup_label: rows[0].labelfile, 'standby.signal': '' };
    for (const [name, content] of Object.entries(files)) {
      await writeFile(join(data, name), content, { mode: 0o600 });
      await chown(join(data, name), uid, gid);
    }
  });
}

async function asking<T>(url: string, ask: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await ask(client);
  } finally {
    await client.end();
  }
}
