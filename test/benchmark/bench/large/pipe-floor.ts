import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { BareFormat, BareStore } from '../bare-store';

const PIPE = 'set -o pipefail; curl -sSf "$FROM" | gunzip | psql -X -q -1 -v ON_ERROR_STOP=1 "$@"';

/** Stores the partner's list in this format with `curl | gunzip | psql`, in one transaction. */
export async function pipeInto(
  store: BareStore,
  databaseUrl: string,
  partnerUrl: string,
  format: BareFormat,
): Promise<void> {
  const args = store.statements(format).flatMap((statement) => ['-c', statement]);
  const child = spawn('bash', ['-c', PIPE, 'floor', databaseUrl, ...args], {
    env: { PATH: process.env.PATH, FROM: `${partnerUrl}/${format}` },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`curl | gunzip | psql ended with ${code}`);
}
