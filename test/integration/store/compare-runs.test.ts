import { type ComparedFact, compareRuns } from '../../../src/store/runs/compare-runs';
import { explainDifference, shownValue } from '../../../src/store/runs/explain-compared';
import { openRun } from '../../../src/store/runs/open-run';
import { findRunBefore, getRun, type RunWithCalls } from '../../../src/store/runs/read-runs';
import { saveSync } from '../../../src/store/save/save-sync';
import { endedRun } from '../../support/ended-runs';
import { answer, call, openedRun, opening, provider, useStore } from '../../support/store-fixtures';

describe('two runs', () => {
  const store = useStore();
  const read = async (id: string) => (await getRun(store.dataSource, id)) as RunWithCalls;

  async function compared(a: string, b: string): Promise<Record<string, ComparedFact>> {
    const facts = compareRuns(await read(a), await read(b)).flatMap((group) => group.facts);
    return Object.fromEntries(facts.map((fact) => [fact.label, fact]));
  }

  it('differ in counts, causes, calls and durations; their times count as equal', async () => {
    const calls = [call(), call({ endpoint: 'providers', outcome: 'PartnerError', tookMs: 500 })];
    const a = await endedRun(store.dataSource, { ago: '2 h', took: '2 s' });
    const b = await endedRun(store.dataSource, { ago: '1 h', took: '5 s', failure: 'PartnerError', calls });
    const facts = await compared(a, b);
    const different = (label: string) =>
      facts[label] && [facts[label].isDifferent, explainDifference(facts[label])];
    expect(different('Partner')).toEqual([false, '']);
    expect(different('Status')).toEqual([true, 'differs']);
    expect(different('Cause')).toEqual([true, 'differs']);
    expect(different('Received')).toEqual([true, '−1']);
    expect(different('Calls')).toEqual([true, '+2']);
    expect(different('From start to end')).toEqual([true, '+3.0 s']);
    expect(different('Started')).toEqual([false, '']);
  });

  it('name the worker and the entry of partners.yaml with which they began', async () => {
    const begin = (workerVersion: string, mappingHash: string, ago: string) =>
      endedRun(store.dataSource, { workerVersion, mappingHash, ago });
    const a = await begin('0.2.0', 'ab'.repeat(32), '2 h');
    const b = await begin('0.3.0', 'cd'.repeat(32), '1 h');
    const { Worker: worker, 'Mapping in partners.yaml': reading } = await compared(a, b);
    expect(worker).toMatchObject({ a: 'version 0.2.0', b: 'version 0.3.0', isDifferent: true });
    expect(reading).toMatchObject({ a: 'abababababab', b: 'cdcdcdcdcdcd', isDifferent: true });
    expect(await read(a)).toMatchObject({ workerVersion: '0.2.0', mappingHash: 'ab'.repeat(32) });
  });

  it('do not differ in what one of them did not record', async () => {
    const old = await endedRun(store.dataSource, { ago: '4 h', failure: 'PartnerError' });
    await store.dataSource.query(
      'UPDATE sync_runs SET worker_version = NULL, mapping_hash = NULL, requested_at = NULL WHERE id = $1',
      [old],
    );
    const requestedAt = new Date(Date.now() - 3_600_000).toISOString();
    const mapped = { workerVersion: '0.2.0', mappingHash: 'ab'.repeat(32), requestedAt };
    const now = await endedRun(store.dataSource, { ago: '1 h', took: '0 s', ...mapped });
    await store.dataSource.query(`UPDATE sync_runs SET unknown_fields = '{fax}' WHERE id = $1`, [now]);
    const facts = await compared(old, now);
    const shown = (label: string) => {
      const fact = facts[label];
      return fact && [shownValue(fact, 'a'), explainDifference(fact), fact.isDifferent];
    };
    for (const label of ['Worker', 'Mapping in partners.yaml', 'New fields']) {
      expect(shown(label)).toEqual(['not recorded', 'unknown', false]);
    }
    expect(shown('Cause')).toEqual(['PartnerError', 'differs', true]);
    const { Cause: cause } = facts;
    expect(cause && shownValue(cause, 'b')).toBe('–');
  });

  it('of almost the same duration count as equal', async () => {
    const a = await endedRun(store.dataSource, { ago: '2 h', took: '2.00 s' });
    const b = await endedRun(store.dataSource, { ago: '1 h', took: '2.15 s' });
    const { 'From start to end': took } = await compared(a, b);
    expect(took && [took.isDifferent, explainDifference(took)]).toEqual([false, '+150 ms']);
  });

  it('name the fields that only one of them received', async () => {
    const save = async (sentFields: string[], unknownFields: string[]) => {
      const runId = await openedRun(store.dataSource);
      const given = answer([provider('1')], { sentFields, unknownFields } as never);
      await saveSync(store.dataSource, {
        runId,
        partner: 'noteworth',
        feed: 'sample',
        answer: given,
        calls: [],
      });
      return runId;
    };
    const a = await save(['name', 'clinic'], ['fax']);
    const b = await save(['name', 'clinic'], ['languages']);
    const { 'Fields that only one has': fields } = await compared(a, b);
    expect(fields).toMatchObject({ a: 'fax', b: 'languages', isDifferent: true });
  });

  it('are of one partner, and neither was skipped', async () => {
    const { dataSource } = store;
    const first = await endedRun(dataSource, { ago: '5 h' });
    await endedRun(dataSource, { ago: '4 h', partner: 'other' });
    const last = await endedRun(dataSource, { ago: '1 h' });
    await openedRun(dataSource);
    const skipped = await openRun(dataSource, opening(), async () => true);
    expect(skipped.status).toBe('skipped');
    expect(await findRunBefore(dataSource, await read(last))).toBe(first);
    expect(await findRunBefore(dataSource, await read(skipped.id))).toBe(last);
    expect(await findRunBefore(dataSource, await read(first))).toBeNull();
  });

  it('are a run and the last success before it, or else the run before it', async () => {
    const { dataSource } = store;
    const ended = (ago: string, failure: 'PartnerError' | null) =>
      endedRun(dataSource, { ago, failure, partner: 'failing' });
    const first = await ended('5 h', 'PartnerError');
    const success = await ended('4 h', null);
    await ended('3 h', 'PartnerError');
    const last = await ended('2 h', 'PartnerError');
    expect(await findRunBefore(dataSource, await read(last))).toBe(success);
    expect(await findRunBefore(dataSource, await read(success))).toBe(first);
  });
});
