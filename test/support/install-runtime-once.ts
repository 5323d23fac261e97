import type { Logger } from '../../src/process/logger';
import { installTemporalRuntime } from '../../src/worker/worker';

let isInstalled = false;

/** Workers in one process share the SDK's runtime. The log of the SDK goes to the first worker. */
export function installRuntimeOnce(log: Logger): void {
  if (isInstalled) return;
  installTemporalRuntime(log);
  isInstalled = true;
}
