import { BlockList, isIP } from 'node:net';
import { isLoopback } from './loopback';

/** Private and link-local networks: RFC 1918, 3927, 4193, 4291 and 6598. */
const PRIVATE = new BlockList();
for (const [network, bits] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['100.64.0.0', 10],
] as const) {
  PRIVATE.addSubnet(network, bits, 'ipv4');
}
PRIVATE.addSubnet('fc00::', 7, 'ipv6');
PRIVATE.addSubnet('fe80::', 10, 'ipv6');

/** Names in a local network: without a dot, such as services of compose, or with a reserved suffix. */
const LOCAL_NAME = /^[^.]+$|\.(local|internal|localhost|lan|home\.arpa|svc|test)$/i;

/** Whether traffic to a host can leave the local network, judging by its address or name. */
export function isPublicHost(host: string): boolean {
  const address = host.replace(/^\[|\]$/g, '');
  if (address === '' || isLoopback(address)) return false;
  const version = isIP(address);
  return version === 0 ? !LOCAL_NAME.test(address) : !PRIVATE.check(address, version === 4 ? 'ipv4' : 'ipv6');
}
