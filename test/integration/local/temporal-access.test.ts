import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client, Connection, WorkflowNotFoundError } from '@temporalio/client';
import { listeningPorts } from '../../../src/local/listening-ports';
import { PACKAGE_ROOT } from '../../../src/process/package-root';
import type { OwnedServer } from '../../support/server-owner';

/*
 * What a page of another site can do with the dev server of `npm start`: with requests from its own origin, and with
 * requests under a name of its own that resolves to 127.0.0.1.
 */

const OWNER = join(PACKAGE_ROOT, 'dist/test/support/server-owner.js');
let dataDir: string;
let owner: ChildProcess;
let temporal: OwnedServer;
/** The status of the UI's API at the moment when the server reported that it is ready. */
let firstAnswer: number | undefined;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'provider-sync-access-'));
  const started = spawn(process.execPath, [OWNER, 'temporal-with-ui', dataDir], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  owner = started;
  const [line] = await once(createInterface(started.stdout), 'line');
  temporal = JSON.parse(line);
  firstAnswer = await ask(port(), { Host: host(), path: '/api/v1/namespaces' });
});
afterAll(async () => {
  const ended = once(owner, 'exit');
  owner.stdin?.end();
  await ended;
  await rm(dataDir, { recursive: true, maxRetries: 5 });
});

const port = () => Number(new URL(temporal.uiUrl ?? '').port);
const host = () => new URL(temporal.uiUrl ?? '').host;

/** The status of an answer; undefined if there was none. */
function ask(
  port: number,
  { method = 'GET', path = '/', body = '', ...headers }: Record<string, string> = {},
  timeout = 60_000,
): Promise<number | undefined> {
  return new Promise((resolve) => {
    const sent = request({ host: '127.0.0.1', port, method, path, headers, timeout }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode));
    });
    sent.on('error', () => resolve(undefined)).on('timeout', () => sent.destroy());
    sent.end(body);
  });
}

describe("the dev server's ports", () => {
  it('start no workflow for a page of another site, even if it sends plain text', async () => {
    const ports = (await listeningPorts(temporal.pid)) ?? [];
    expect(ports.length).toBeGreaterThan(2);
    const start = {
      method: 'POST',
      path: '/api/v1/namespaces/default/workflows/forged',
      'Content-Type': 'text/plain',
      Origin: 'http://evil.example',
      body: '{"workflowType":{"name":"syncProviders"},"taskQueue":{"name":"provider-sync"}}',
    };
    for (const port of [...ports, Number(new URL(temporal.uiUrl ?? '').port)]) {
      // Not every port answers HTTP.
      await ask(port, { ...start, Host: `127.0.0.1:${port}` }, 5_000);
      await ask(port, { ...start, Host: `evil.example:${port}` }, 5_000);
    }
    const connection = await Connection.connect({ address: temporal.address });
    const handle = new Client({ connection }).workflow.getHandle('forged');
    await expect(handle.describe()).rejects.toThrow(WorkflowNotFoundError);
    await connection.close();
  });
});

describe('the Temporal UI', () => {
  it('answers as soon as the server is ready', () => {
    expect(firstAnswer).toBe(200);
  });

  it('and its API answer under their own address', async () => {
    for (const path of ['/', '/namespaces/default/workflows', '/api/v1/namespaces']) {
      expect(await ask(port(), { Host: host(), path })).toBe(200);
      expect(await ask(port(), { Host: `localhost:${port()}`, path })).toBe(200);
    }
    expect(await ask(port(), { Host: host(), Origin: `http://${host()}` })).toBe(200);
  });

  it('refuses any other host, and requests of pages of another site', async () => {
    for (const path of ['/', '/api/v1/namespaces']) {
      for (const other of [
        `evil.example:${port()}`,
        'evil.example',
        '127.0.0.1',
        `127.0.0.1.nip.io:${port()}`,
      ]) {
        expect(await ask(port(), { Host: other, path })).toBe(403);
      }
      expect(await ask(port(), { Host: host(), Origin: 'http://evil.example', path })).toBe(403);
      expect(await ask(port(), { Host: host(), Origin: 'null', path })).toBe(403);
    }
  });

  it('is not available without the check, on the usual port', async () => {
    expect(await listeningPorts(temporal.pid)).not.toContain(port());
  });
});
