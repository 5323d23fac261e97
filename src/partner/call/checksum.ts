import { createHash } from 'node:crypto';

/**
 * What the partner wants in its checksum header: SHA-256 (hex) of the token followed by the request's path,
 * so that `12345` and `/providers` give `bf6fa075e6d9…`.
 */
export function requestChecksum(token: string, path: string): string {
  return createHash('sha256').update(`${token}${path}`).digest('hex');
}
