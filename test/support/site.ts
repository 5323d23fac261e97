import type { Partners } from '../../src/partner/config/partner';
import { parsePartners } from '../../src/partner/config/partners-file';
import type { HttpConfig } from '../../src/process/config';
import { applySchedules } from '../../src/temporal/schedules/apply-schedules';
import { startTestApi, type TestApi } from './api';
import { partnersFile } from './partners';
import { NEVER } from './schedules';
import { type System, startSystem } from './system';

/** The whole system with its pages; Noteworth is the partner that its worker syncs. */
export interface Site {
  readonly url: string;
  readonly system: System;
  readonly api: TestApi;
  close(): Promise<void>;
}

export interface SiteOptions {
  readonly http?: Partial<HttpConfig>;
  /** Changes to entries of partners.yaml, by name; by default only Noteworth. */
  readonly partners?: Record<string, Record<string, unknown>>;
}

/** Serves the pages of a running system. No time of its schedules occurs during a test. */
export async function startSite({
  http = {},
  partners = { noteworth: {} },
}: SiteOptions = {}): Promise<Site> {
  const system = await startSystem(partners.noteworth);
  const configured = partnersOf(partners, system.simulator.url);
  await applySchedules(system.client, system.config.taskQueue, configured);
  const api = await startTestApi({
    partners: configured,
    dataSource: system.dataSource,
    client: system.client,
    temporal: system.config,
    http: { temporalUiUrl: 'http://127.0.0.1:8233', ...http },
  });
  return {
    url: api.url,
    system,
    api,
    async close() {
      await api.close();
      await system.stop();
    },
  };
}

function partnersOf(changes: Record<string, Record<string, unknown>>, baseUrl: string): Partners {
  const entries = Object.entries(changes).map(
    ([name, change]) =>
      [name, { baseUrl, schedule: { ...NEVER, jitter: undefined }, ...change }] as [
        string,
        Record<string, unknown>,
      ],
  );
  return parsePartners(partnersFile(entries), {});
}
