const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i;

/** Whether a host, as addresses and settings name it, is this machine itself. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}
