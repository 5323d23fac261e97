import type { RunningServers } from './start-servers';

const running = globalThis as { providerSyncServers?: RunningServers };

/** Ends the servers of {@link startServers} after the last test file. */
export default async function stopServers(): Promise<void> {
  const servers = running.providerSyncServers;
  delete running.providerSyncServers;
  await servers?.stop();
}
