const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i;

/** Whether a host in an address or a setting is this machine itself. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}

/** Whether `host:port` is an address of this machine. */
export function isLoopbackAddress(address: string): boolean {
  return isLoopback(address.replace(/:\d+$/, ''));
}
