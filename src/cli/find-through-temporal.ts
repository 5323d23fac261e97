import type { DataSource } from 'typeorm';
import { findRun } from '../operations/find-run';
import { loadConfig } from '../process/config';
import type { RunWithCalls } from '../store/runs/read-runs';
import { usingTemporal } from '../temporal/connection/using-temporal';

/** A run that is not recorded, or of which the id is one of Temporal's; null if there is none. */
export function findThroughTemporal(dataSource: DataSource, id: string): Promise<RunWithCalls | null> {
  const { temporal } = loadConfig(['temporal']);
  return usingTemporal(temporal, (client) => findRun({ client, dataSource }, id));
}
