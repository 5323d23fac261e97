import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killCommands, startCommand } from '../../support/command';

describe('a connection without TLS that leaves the local network', () => {
  const folder = mkdtempSync(join(tmpdir(), 'provider-sync-plain-'));
  afterAll(() => {
    killCommands();
    rmSync(folder, { recursive: true });
  });

  it.each(['api', 'worker', 'dev'])('is named in the log of %s at the start', async (command) => {
    const running = startCommand([command], {
      DATA_DIR: folder,
      DATABASE_URL: 'postgres://user:secret@db.invalid/directory',
      TEMPORAL_ADDRESS: '127.0.0.1:1',
      PAYLOAD_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
      // Without it, dev would start a simulator.
      NOTEWORTH_BASE_URL: 'http://127.0.0.1:1',
      ...(command !== 'dev' && { HTTP_PORT: '0' }),
    });
    await running.says(/"msg":"DATABASE_URL leads to db\.invalid without TLS/);
    const { stderr } = await running.end('SIGKILL');
    expect(stderr).not.toContain('secret');
  });
});
