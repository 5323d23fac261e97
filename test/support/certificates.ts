import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from './command';

/** Paths of a certificate and its key, in PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** A certificate authority for one test, which signs certificates for `localhost`. */
export interface Authority extends Certificate {
  /** @param days for which it is valid; less than 0 for an expired certificate */
  issue(name: string, days?: number): Promise<Certificate>;
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** Creates an authority with `openssl`. Its files are in the folder. */
export async function createAuthority(folder: string, name: string): Promise<Authority> {
  const pathsOf = (owner: string) => ({
    cert: join(folder, `${owner}.pem`),
    key: join(folder, `${owner}.key`),
  });
  const authority = pathsOf(name);
  await openssl(['req', '-x509', ...NEW_KEY, '-days', '2', '-subj', `/CN=${name}`], authority);
  return {
    ...authority,
    async issue(owner, days = 2) {
      const issued = pathsOf(`${name}-${owner}`);
      const request = `${issued.cert}.csr`;
      const extensions = `${issued.cert}.ext`;
      await writeFile(extensions, 'subjectAltName=DNS:localhost\n');
      await openssl(['req', ...NEW_KEY, '-subj', `/CN=${owner}`], { cert: request, key: issued.key });
      const signer = [
        '-CA',
        authority.cert,
        '-CAkey',
        authority.key,
        '-CAcreateserial',
        '-days',
        String(days),
      ];
      await openssl(['x509', '-req', '-in', request, ...signer, '-extfile', extensions], {
        cert: issued.cert,
      });
      return issued;
    },
  };
}

export async function readPair({ cert, key }: Certificate): Promise<{ cert: string; key: string }> {
  return { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') };
}

async function openssl(args: readonly string[], to: { cert: string; key?: string }): Promise<void> {
  const outputs = ['-out', to.cert, ...(to.key ? ['-keyout', to.key] : [])];
  const { code, stderr } = await runProgram('openssl', [...args, ...outputs]);
  if (code !== 0) throw new Error(`openssl failed: ${stderr}`);
}
