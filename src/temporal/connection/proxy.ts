import { isLoopbackAddress } from '../../process/loopback';

/** The variables that gRPC reads, in this order. It ignores names in capitals. */
const VARIABLES = ['grpc_proxy', 'https_proxy', 'http_proxy'] as const;

/** Settings of a client's channel: an address of this machine is never reached through a proxy. */
export function proxySettings(address: string): { 'grpc.enable_http_proxy'?: number } {
  return isLoopbackAddress(address) ? { 'grpc.enable_http_proxy': 0 } : {};
}

/**
 * A hint about the proxy in the environment, for the message of a failed connection, without the proxy's password.
 * Empty if no proxy is used.
 */
export function proxyHint(address: string, env: NodeJS.ProcessEnv = process.env): string {
  const variable = VARIABLES.find((name) => env[name]);
  const proxy = variable && env[variable];
  if (isLoopbackAddress(address) || !proxy) return '';
  const host = URL.canParse(proxy) ? new URL(proxy).host : 'a proxy';
  return ` through the proxy ${host} (${variable}; no_proxy excludes addresses)`;
}
