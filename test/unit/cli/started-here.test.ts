import { startedHere } from '../../../src/cli/provide-servers';
import { loadConfig } from '../../../src/process/config';

const started = (env: NodeJS.ProcessEnv, variables: readonly string[] = ['NOTEWORTH_BASE_URL']) =>
  startedHere(loadConfig([], { env, runningDev: false }), variables);

it('names the servers that npm start starts, and no others', () => {
  const [postgres, temporal] = [{ DATABASE_URL: 'postgres://h/d' }, { TEMPORAL_ADDRESS: 'h:7233' }];
  expect(started({})).toBe('Postgres, Temporal and the simulated partner');
  expect(started({ NOTEWORTH_BASE_URL: 'http://h' })).toBe('Postgres and Temporal');
  expect(started({}, ['ACME_URL'])).toBe('Postgres and Temporal');
  expect(started({ ...postgres, NOTEWORTH_BASE_URL_FILE: '/dev/null' })).toBe('Temporal');
  expect(started({ ...postgres, ...temporal }, [])).toBe('');
});
