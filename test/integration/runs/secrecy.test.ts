import { createHash } from 'node:crypto';
import type { Step } from '../../../src/simulator/simulator';
import { createDataConverter } from '../../../src/temporal/payloads/data-converter';
import { dumpTables } from '../../support/dump-tables';
import { activityResults, historyBytes, readRawDescription, readRawHistory } from '../../support/raw-history';
import { SecretSearch } from '../../support/secret-search';
import { useSystem } from '../../support/system';

const TOKEN = 'tok-3f7a-the-secret-token';
const CHECKSUM = createHash('sha256').update(`${TOKEN}/providers`).digest('hex');
const NAMES = ['Qwendolyn', "O'Zakharenko", 'Blanktitle', 'Cutshort'];

const person = (name_given: string, changes = {}) => ({
  name_given,
  name_family: "O'Zakharenko",
  title: 'NP',
  clinic: 'Nowhere Clinic',
  ...changes,
});
const people = [
  ...Array.from({ length: 10 }, (_, n) => person(`Qwendolyn ${n}`)),
  person('Blanktitle', { title: ' ' }),
];
const grant: Step = { fault: 'raw', headers: { 'Super-Secure-Token': TOKEN }, body: 'OK' };

const system = useSystem();
const workflows: { workflowId: string; runId: string }[] = [];

beforeAll(async () => {
  const paths: { auth: Step[]; providers: Step[] }[] = [
    { auth: [grant], providers: [{ fault: 'raw', body: JSON.stringify({ providers: people }) }] },
    {
      auth: ['error500', grant],
      providers: [{ fault: 'raw', body: `{"providers":[{"name_given":"Cutshort ${TOKEN}` }, 'rejectToken'],
    },
    { auth: [grant], providers: [{ fault: 'status', status: 404 }] },
    { auth: [grant], providers: ['reset', 'stall', { fault: 'redirect', location: `/x?t=${TOKEN}` }] },
    { auth: [grant], providers: ['huge'] },
  ];
  for (const answers of paths) workflows.push((await system.sync(answers)).run);
});

const search = new SecretSearch([TOKEN, CHECKSUM, ...NAMES]);

describe("a run's secrets", () => {
  it('are in no raw history', async () => {
    for (const workflow of workflows) {
      const bytes = historyBytes(await readRawHistory(system.client, workflow));
      expect(bytes.length).toBeGreaterThan(1000);
      expect(search.findIn(bytes)).toEqual([]);
    }
  });

  it('can be read from the history with the keys', async () => {
    const [codec] = createDataConverter(system.config.payloadKeys).payloadCodecs ?? [];
    const raw = await readRawHistory(system.client, workflows[0] as { workflowId: string; runId: string });
    const plain = (await codec?.decode(activityResults(raw))) ?? [];
    const text = plain.map((payload) => Buffer.from(payload.data ?? []).toString()).join('\n');
    expect(search.findIn(text)).toEqual([TOKEN, 'Qwendolyn', "O'Zakharenko", 'Blanktitle']);
  });

  it('are not in the description of a run: memo, search attributes, details', async () => {
    for (const workflow of workflows) {
      expect(search.findIn(await readRawDescription(system.client, workflow))).toEqual([]);
    }
  });

  it('are in no line of the log, even at the level trace', () => {
    expect(system.log().includes('Run succeeded')).toBe(true);
    expect(search.findIn(system.log())).toEqual([]);
  });

  it('and the keys that encrypt them are not in the log of a starting worker', () => {
    expect(system.log().includes('Creating worker')).toBe(true);
    const [{ secret }] = system.config.payloadKeys;
    const key = secret.export();
    const forms = [
      key.toString('base64'),
      key.toString('hex'),
      JSON.stringify(key),
      [...key].join(','),
      [...key].join(', '),
    ];
    expect(forms.filter((form) => system.log().includes(form))).toEqual([]);
  });

  it('except the names are in no table', async () => {
    const tables = await dumpTables(system.dataSource);
    const found = new Map([...tables].map(([table, text]) => [table, search.findIn(text).sort()]));
    expect(Object.fromEntries(found)).toEqual({
      providers: ["O'Zakharenko", 'Qwendolyn'],
      provider_changes: [],
      provider_counts: [],
      rejected_records: ['Blanktitle', "O'Zakharenko"],
      sync_runs: [],
      partner_calls: [],
      schema_migrations: [],
      staged_pages: [],
      staged_records: [],
      kept_answers: [],
      operator_actions: [],
      pending_departures: [],
      ended_sessions: [],
      erasures: [],
      suppressed_people: [],
      suppression_keys: [],
      webhook_messages: [],
      webhook_receivers: [],
    });
  });

  it('are not logged with a failure: expected failures have no stack', () => {
    const failures = system
      .log()
      .split('\n')
      .filter((line) => /Partner call failed|Run failed|Workflow failed|Activity failed/.test(line));
    expect(failures.length).toBeGreaterThan(5);
    for (const line of failures) expect(line).not.toMatch(/\.[jt]s:\d+/);
  });
});
