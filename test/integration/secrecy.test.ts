import { createHash } from 'node:crypto';
import { temporal } from '@temporalio/proto';
import type { Step } from '../../src/simulator/simulator';
import { createDataConverter } from '../../src/temporal/data-converter';
import { type System, startSystem } from '../support/system';

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

let system: System;
const workflows: { workflowId: string; runId: string }[] = [];

beforeAll(async () => {
  system = await startSystem();
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
afterAll(() => system.stop());

async function history({ workflowId, runId }: { workflowId: string; runId: string }) {
  const { history: raw } = await system.client.workflowService.getWorkflowExecutionHistory({
    namespace: 'default',
    execution: { workflowId, runId },
  });
  return raw as temporal.api.history.v1.IHistory;
}

function secretsIn(bytes: string | Buffer): string[] {
  return [TOKEN, CHECKSUM, ...NAMES].filter((secret) => bytes.includes(secret));
}

describe("a run's secrets", () => {
  it('are in no raw history', async () => {
    for (const workflow of workflows) {
      const raw = await history(workflow);
      const bytes = Buffer.from(temporal.api.history.v1.History.encode(raw).finish());
      expect(bytes.length).toBeGreaterThan(1000);
      expect(secretsIn(bytes)).toEqual([]);
    }
  });

  it('can be read from the history with the keys', async () => {
    const [codec] = createDataConverter(system.config.payloadKeys).payloadCodecs ?? [];
    const raw = await history(workflows[0] as { workflowId: string; runId: string });
    const payloads = (raw.events ?? []).flatMap(
      (event) => event.activityTaskCompletedEventAttributes?.result?.payloads ?? [],
    );
    const plain = (await codec?.decode(payloads)) ?? [];
    const text = plain.map((payload) => Buffer.from(payload.data ?? []).toString()).join('\n');
    expect(secretsIn(text)).toEqual([TOKEN, 'Qwendolyn', "O'Zakharenko", 'Blanktitle']);
  });

  it('are not in the description of a run either: memo, search attributes, details', async () => {
    for (const { workflowId } of workflows) {
      const { raw } = await system.client.workflow.getHandle(workflowId).describe();
      const bytes = temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse.encode(raw).finish();
      expect(secretsIn(Buffer.from(bytes))).toEqual([]);
    }
  });

  it('are in no line of the log, even at the level trace', () => {
    expect(system.log().includes('Run succeeded')).toBe(true);
    expect(secretsIn(system.log())).toEqual([]);
  });

  it('like the keys that encrypt them, stay out of the log of a worker that starts', () => {
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

  it('but for the names, which belong there, are in no table', async () => {
    const tables = ['providers', 'provider_changes', 'sync_runs', 'partner_calls', 'rejected_records'];
    const dumps = await Promise.all(
      tables.map((table) => system.dataSource.query(`SELECT row_to_json(t)::text AS row FROM ${table} t`)),
    );
    const text = JSON.stringify(dumps);
    expect(text.includes('Qwendolyn')).toBe(true);
    expect([TOKEN, CHECKSUM, 'Cutshort'].filter((secret) => text.includes(secret))).toEqual([]);
    expect(secretsIn(JSON.stringify([dumps[2], dumps[3]]))).toEqual([]);
  });

  it('are not logged where a failure is: expected failures have no stack', () => {
    const failures = system
      .log()
      .split('\n')
      .filter((line) => /gave no good answer|Run failed|Workflow failed|Activity failed/.test(line));
    expect(failures.length).toBeGreaterThan(5);
    for (const line of failures) expect(line).not.toMatch(/\.[jt]s:\d+/);
  });
});
