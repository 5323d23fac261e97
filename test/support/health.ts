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

/** The health report of the API. */
export async function healthOf(api: TestApi): Promise<HealthReport> {
  const { status, body }: Answered<HealthReport> = await ask(api, '/api/v1/health');
  expect(status).toBe(200);
  return body;
}

/** The codes of the findings. */
export function codesOf({ findings }: Pick<HealthReport, 'findings'>): string[] {
  return findings.map(({ code }) => code);
}

/** The report of `doctor --json`, with the codes of its findings. */
export async function doctorReport(env: NodeJS.ProcessEnv) {
  const { code, stdout } = await runCommand(['doctor', '--json'], env);
  const report: Pick<HealthReport, 'status' | 'findings'> = JSON.parse(stdout);
  return { code, codes: codesOf(report), status: report.status };
}

/** The report of `doctor` as text, with the codes of its findings. */
export async function doctor(env: NodeJS.ProcessEnv) {
  const [text, report] = await Promise.all([runCommand(['doctor'], env), doctorReport(env)]);
  expect(report.code).toBe(text.code);
  return { ...report, text: text.stdout };
}

/** The HTML of the overview. */
export const overviewOf = async (api: TestApi) =>
  (await ask<string>(api, '/', { headers: { Accept: 'text/html' } })).body;

/** What an overview without a fault says. */
export const GOOD_NEWS = /All good|The directory is fresh/;

/** Tests an API of the scenario, which ends with the test. */
export async function withApi(
  scenario: Scenario,
  test: (api: TestApi) => Promise<void>,
  changes: TestApiOptions = {},
): Promise<void> {
  const api = await startApiOf(scenario, changes);
  try {
    await test(api);
  } finally {
    await api.close();
  }
}
