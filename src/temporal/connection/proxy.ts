import { isLoopback } from '../../process/loopback';

/** What gRPC looks at, in this order. Names in capitals mean nothing to it. */
const VARIABLES = ['grpc_proxy', 'https_proxy', 'http_proxy'] as const;

/** Settings of a client's channel: an address of this machine is never reached through a proxy. */
export function proxySettings(address: string): { 'grpc.enable_http_proxy'?: number } {
  return isLocal(address) ? { 'grpc.enable_http_proxy': 0 } : {};
}

/**
 * What a failure to reach an address has to say about the proxy that the environment asks for, without its
 * password; empty where none is used.
 */
export function proxyHint(address: string, env: NodeJS.ProcessEnv = process.env): string {
  const variable = VARIABLES.find((name) => env[name]);
  const proxy = variable && env[variable];
  if (isLocal(address) || !proxy) return '';
  const host = URL.canParse(proxy) ? new URL(proxy).host : 'a proxy';
  return ` through the proxy ${host} (${variable}; no_proxy excludes addresses)`;
}

/** @param address `host:port` */
function isLocal(address: string): boolean {
  return isLoopback(address.replace(/:\d+$/, ''));
}
