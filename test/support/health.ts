import type { HealthReport } from '../../src/operations/health/health';
import { readPartnersFile } from '../../src/partner/config/partners-file';
import { loadConfig } from '../../src/process/config';
import { type Answered, ask, startTestApi, type TestApi, type TestApiOptions } from './api';
import { runCommand } from './command';
import type { Scenario } from './scenario';

/** Serves the API and the pages of a scenario; its worker, if it has one, is another process. */
export function startApiOf(scenario: Scenario, changes: TestApiOptions = {}): Promise<TestApi> {
  const { temporal, partnersFile, env } = loadConfig(['temporal'], {
    env: scenario.env,
    runningDev: false,
  });
  const partners = readPartnersFile(partnersFile, env);
  const { dataSource, client } = scenario;
  return startTestApi({ dataSource, client, temporal, partners, ...changes });
}

/** What the API reports. */
export async function healthOf(api: TestApi): Promise<HealthReport> {
  const { status, body }: Answered<HealthReport> = await ask(api, '/api/v1/health');
  expect(status).toBe(200);
  return body;
}

/** The names of what was found. */
export function codesOf({ findings }: Pick<HealthReport, 'findings'>): string[] {
  return findings.map(({ code }) => code);
}

/** What `doctor` says, as text, and the names of what it found. */
export async function doctor(env: NodeJS.ProcessEnv) {
  const [text, json] = await Promise.all([
    runCommand(['doctor'], env),
    runCommand(['doctor', '--json'], env),
  ]);
  expect(json.code).toBe(text.code);
  const report: Pick<HealthReport, 'status' | 'findings'> = JSON.parse(json.stdout);
  return { code: text.code, text: text.stdout, codes: codesOf(report), status: report.status };
}
