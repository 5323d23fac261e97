import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Simulator, startSimulator } from '../../../src/simulator/simulator';
import { runHere } from '../../support/command-here';
import { dumpTables } from '../../support/dump-tables';
import { EXAMPLE_PARTNERS_FILE, EXAMPLE_SECRETS, exampleEnv } from '../../support/example-partners';
import { NO_LISTENER } from '../../support/installation';
import { openedRun, provider, sync, useStore } from '../../support/store-fixtures';
import { useOpened } from '../../support/use-opened';

const tokens: string[] = [];
const simulator: Simulator = useOpened(
  () =>
    startSimulator({
      seed: 1,
      records: 250,
      rates: { auth: {}, providers: {} },
      onToken: (token) => tokens.push(token),
    }),
  (started) => started.close(),
);
const store = useStore();
let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'provider-sync-check-'));
});
afterAll(async () => {
  await rm(dataDir, { recursive: true });
});
beforeEach(() => simulator.reset());

/** Runs `partners check` with the example file. */
const check = (args: string, changes: NodeJS.ProcessEnv = {}) =>
  runHere(['partners', 'check', ...args.split(' ')], {
    DATA_DIR: dataDir,
    DATABASE_URL: store.url,
    PARTNERS_FILE: EXAMPLE_PARTNERS_FILE,
    ...exampleEnv(simulator.url),
    ...changes,
  });

describe('partners check with a name', () => {
  it('prints requests, answer, records and what a sync would do, and writes nothing', async () => {
    await sync(store.dataSource, 'snapshot', [provider('leaves')], 'acme');
    const before = await dumpTables(store.dataSource);
    const { code, stdout, stderr } = await check('acme --pages 3');
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'Calling acme\n' });
    expect(stdout).toMatch(/^Requests to acme at http:\S+\/acme\n {2}POST \/acme\/oauth\/token$/m);
    expect(stdout).toMatch(/^ {4}Authorization: \[hidden\]$/im);
    expect(stdout).toMatch(/^ {2}250 records on 3 pages, as json\. There is no further page\.$/m);
    expect(stdout).toMatch(/^ {2}GIVEN NAME +FAMILY NAME +TITLE +CLINIC +IDENTITY\n.* cl_\d+$/m);
    expect(stdout).toContain('  add 250, change 0, leave 0 unchanged, mark 1 as left\n');
    expect(stdout).toMatch(/acme can be read\. Nothing was written\.\n$/);
    expect(stdout).not.toContain(EXAMPLE_SECRETS.ACME_SECRET);
    expect(await dumpTables(store.dataSource)).toEqual(before);
  });

  it('prints JSON, without the token', async () => {
    tokens.length = 0;
    const { code, stdout } = await check('noteworth --json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      partner: 'noteworth',
      received: 10,
      failure: null,
      directory: { inserted: 10, departed: 0 },
      directoryUnavailable: null,
    });
    expect(tokens).toHaveLength(1);
    expect(stdout).not.toContain(tokens[0]);
  });

  it('exits with 1 if a sync would fail, after one call', async () => {
    simulator.script('auth', ['error500']);
    const { code, stdout } = await check('noteworth');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^ {2}GET \/auth$/m);
    expect(stdout).toMatch(/^The check failed: PartnerError \(HTTP 500\)\. /m);
    expect(simulator.calls).toHaveLength(1);
  });

  it('checks the partner without a database, and says that it was not compared', async () => {
    for (const url of ['', `postgres://user:hidden@${NO_LISTENER}/x`]) {
      const { code, stdout } = await check('export', { DATABASE_URL: url });
      expect(code).toBe(0);
      expect(stdout).toMatch(/^ {2}not known: the directory was not compared\. .*DATABASE_URL/m);
    }
  });

  it('is refused during a sync of the partner, and calls it nevertheless with --force', async () => {
    await openedRun(store.dataSource);
    const refused = await check('noteworth');
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toMatch(
      /^provider-sync: A sync of noteworth is running \(.+\)\. .*new token.*--force/,
    );
    expect(simulator.calls).toHaveLength(0);
    expect((await check('noteworth --force')).code).toBe(0);
  });

  it('refuses a wrong number of pages', async () => {
    expect(await check('noteworth --pages 0')).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('partners new', () => {
  const draft = (...args: string[]) =>
    runHere(['partners', 'new', ...args], { ...exampleEnv(simulator.url), DATA_DIR: dataDir });
  const key = ['--header', `X-Api-Key: \${COUNTY_KEY}`];

  it('prints a partners.yaml that can be checked, without secrets and values', async () => {
    const { code, stdout, stderr } = await draft('county', `\${COUNTY_URL}/clinicians.csv`, ...key);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('npx provider-sync partners check county');
    expect(stdout).toMatch(/^ {4}identity: \[NPI\]$/m);
    expect(stdout).not.toContain(EXAMPLE_SECRETS.COUNTY_KEY);
    const file = join(dataDir, 'drafted.yaml');
    await writeFile(file, stdout);
    expect(await check('county', { PARTNERS_FILE: file })).toMatchObject({
      code: 0,
      stderr: expect.anything(),
    });
  });

  it('says what is wrong with the answer or the address', async () => {
    expect(await draft('county', `\${COUNTY_URL}/clinicians.csv`)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('RequestRejected: HTTP 401'),
    });
    expect(await draft('county', 'ftp://example.com')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('It must begin with http://'),
    });
    expect(await draft('county', `\${NOT_SET}/list`)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('NOT_SET'),
    });
  });
});
