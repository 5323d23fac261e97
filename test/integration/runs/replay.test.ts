import { Client } from 'pg';
import { requestReplay } from '../../../src/operations/request-replay';
import { removeOldAnswers } from '../../../src/store/answers/remove-answers';
import { readStoredPartner } from '../../../src/store/directory/compare-with-stored';
import { dismissRejected } from '../../../src/store/directory/dismiss-rejected';
import { readStats } from '../../../src/store/directory/read-stats';
import { getRun } from '../../../src/store/runs/read-runs';
import { startSync } from '../../../src/temporal/runs/start-sync';
import { readRawHistory } from '../../support/raw-history';
import { startReplayedSystem } from '../../support/replayed-system';
import { until } from '../../support/scenario';
import { testTemporalConfig } from '../../support/temporal-config';
import { useOpened } from '../../support/use-opened';

const ANN = { n: 'Ann', f: 'Lee', t: 'NP', role: 'Chief' };
const BO = { n: 'Bo', f: 'Ray', t: 'PA', role: 'Nurse' };
/** Random letters, which cannot be compressed to a small result. */
const MANY = Array.from({ length: 6_000 }, (_, n) => ({
  n: `Person ${n}`,
  f: Math.random().toString(36).repeat(5),
  t: 'NP',
}));
const KEPT = ['providers', 'provider_changes'];

describe('a replay', () => {
  const system = useOpened(startReplayedSystem, ({ stop }) => stop());
  beforeEach(async () => {
    await system.engine.dataSource.query(
      'TRUNCATE sync_runs, providers, provider_changes, partner_calls, rejected_records, kept_answers, staged_pages CASCADE',
    );
    await system.restart({});
  });

  const count = async (table: string) => {
    const [{ count }] = await system.engine.dataSource.query(`SELECT count(*)::int AS count FROM ${table}`);
    return count;
  };

  it('stores the same answer again without a call, and changes no row', async () => {
    const { run } = await system.sync([ANN, BO, { n: 'Cy', f: '' }]);
    const before = await system.dump(...KEPT);
    const { outcome, run: replay, calls } = await system.replay(run.id);
    expect(calls).toBe(0);
    expect(outcome).toMatchObject({ status: 'succeeded', received: 3, unchanged: 2, rejected: 1 });
    expect(replay).toMatchObject({ trigger: 'replay', replayOf: run.id, calls: [], answerKeptUntil: null });
    expect(await system.dump(...KEPT)).toBe(before);
  });

  it('reads the answer as partners.yaml says today', async () => {
    const { run } = await system.sync([ANN, BO]);
    await system.restart({ fields: { givenName: 'n', familyName: 'f', title: 'role' } });
    expect((await system.replay(run.id)).outcome).toMatchObject({ status: 'succeeded', updated: 2 });
    expect(await system.titles()).toEqual({ Ann: 'Chief', Bo: 'Nurse' });
  });

  it('stores an answer that could not be used before', async () => {
    await system.restart({ fields: { givenName: 'n', familyName: 'surname', title: 't' } });
    const { run } = await system.sync([ANN, BO]);
    expect(run.failure?.type).toBe('UnusableAnswer');
    await system.restart({});
    expect((await system.replay(run.id)).outcome).toMatchObject({ status: 'succeeded', inserted: 2 });
  });

  it.each([
    ['sample', false],
    ['snapshot', true],
  ])('of a large %s is staged in Postgres', async (feed) => {
    await system.restart({ feed });
    const { run } = await system.sync(MANY);
    const before = await system.dump('providers');
    const { outcome, calls } = await system.replay(run.id);
    expect(outcome).toMatchObject({ status: 'succeeded', received: MANY.length, unchanged: MANY.length });
    expect(calls).toBe(0);
    expect((await system.dump('providers')) === before).toBe(true);
    expect(await count('staged_records')).toBe(0);
  });

  it('has the pages of the answer', async () => {
    const providers = { path: '/list', records: 'list', next: { link: 'next' } };
    await system.restart({ feed: 'snapshot', providers });
    const { run } = await system.sync([ANN], [BO], [{ n: 'Di', f: 'Fox' }]);
    expect(run.answerSha256).toMatch(/^[\da-f]{64}$/);
    await system.restart({
      feed: 'snapshot',
      providers,
      fields: { givenName: 'n', familyName: 'f', title: 'role' },
    });
    const { outcome, calls } = await system.replay(run.id);
    expect(outcome).toMatchObject({ status: 'succeeded', received: 3, updated: 2, departed: 0 });
    expect(calls).toBe(0);
    expect(await system.titles()).toEqual({ Ann: 'Chief', Bo: 'Nurse', Di: null });
  });

  it('that is cancelled while it waits for Postgres has a step that was cancelled, and did not fail', async () => {
    await system.restart({ providers: { path: '/list', records: 'list', next: { link: 'next' } } });
    const { run } = await system.sync([ANN], [BO]);
    const { client, config, dataSource } = system.engine;
    const locker = new Client({ connectionString: system.databaseUrl });
    await locker.connect();
    await locker.query('BEGIN; LOCK TABLE staged_pages');
    const start = { partner: 'some', trigger: 'cli', replay: run.id } as const;
    const replay = await startSync(client, config.taskQueue, start);
    await until(async () => {
      const waiting = await dataSource.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
           AND strpos(query, 'AS outdated') > 0`,
      );
      return waiting.length > 0;
    });
    await replay.cancel();
    const eventsOf = async () => (await readRawHistory(client, await replay.describe())).events ?? [];
    await until(async () => (await eventsOf()).some((event) => event.activityTaskCanceledEventAttributes));
    await locker.end();
    await expect(replay.result()).rejects.toThrow();
    expect((await eventsOf()).filter((event) => event.activityTaskFailedEventAttributes)).toEqual([]);
    expect((await getRun(dataSource, replay.workflowId))?.status).toBe('cancelled');
  });

  it('leaves a person as a later sample described it', async () => {
    const { run } = await system.sync([ANN, BO]);
    await system.sync([{ ...ANN, t: 'Dr.' }]);
    await system.restart({ fields: { givenName: 'n', familyName: 'f', title: 'role' } });
    expect((await system.replay(run.id)).outcome).toMatchObject({ updated: 1, unchanged: 1 });
    expect(await system.titles()).toEqual({ Ann: 'Dr.', Bo: 'Nurse' });
  });

  it('lists people again who were marked as left by a mistake in partners.yaml', async () => {
    const listed = () =>
      system.engine.dataSource.query('SELECT given_name AS name, listed FROM providers ORDER BY given_name');
    await system.restart({ feed: 'changes' });
    await system.sync([ANN, BO]);
    await system.restart({ feed: 'changes', departed: "=role == 'Nurse'" });
    const { run, outcome } = await system.sync([ANN, BO]);
    expect(outcome).toMatchObject({ status: 'succeeded', received: 2, unchanged: 1, departed: 1 });
    expect(await listed()).toEqual([
      { name: 'Ann', listed: true },
      { name: 'Bo', listed: false },
    ]);
    await system.restart({ feed: 'changes' });
    expect((await system.replay(run.id)).outcome).toMatchObject({ updated: 1, unchanged: 1, departed: 0 });
    expect((await listed())[1]).toEqual({ name: 'Bo', listed: true });
  });

  it('does not list a person again if a later sample says that the person left', async () => {
    await system.restart({ departed: "=role == 'Nurse'" });
    const { run } = await system.sync([ANN, { ...BO, role: 'Chief' }]);
    const { run: last } = await system.sync([ANN, BO]);
    expect(last.departed).toBe(1);
    expect((await system.replay(run.id)).outcome).toMatchObject({ updated: 0, departed: 0 });
    expect((await system.replay(last.id)).outcome).toMatchObject({ updated: 0, departed: 0 });
    await system.restart({});
    expect((await system.replay(last.id)).outcome).toMatchObject({ updated: 1, departed: 0 });
  });

  it('of a snapshot is refused once a later one was stored', async () => {
    await system.restart({ feed: 'snapshot' });
    const { run } = await system.sync([ANN, BO]);
    await system.sync([ANN, BO, { n: 'Di', f: 'Fox' }]);
    const { outcome, run: refused } = await system.replay(run.id);
    expect(outcome).toMatchObject({ status: 'failed', failure: { type: 'AnswerUnavailable' } });
    expect(refused.failure?.message).toContain('A later list of some has been stored');
    expect(await count('providers')).toBe(3);
  });

  it('judges the rejected records again, and keeps a dismissal', async () => {
    const states = (): Promise<unknown[]> =>
      system.engine.dataSource.query(
        `SELECT rejected_records.run_id = coalesce(replay_of, id) AS "isSource", position, rejected_records.state
         FROM rejected_records JOIN sync_runs ON id = rejected_records.run_id ORDER BY started_at, position`,
      );
    const { run } = await system.sync([ANN, { n: 'Cy', f: '' }, { n: 'Ed', s: 'Fox' }, BO]);
    const { dataSource } = system.engine;
    await dismissRejected(dataSource, { runId: run.id, record: 2 }, { by: 'zoe', reason: 'A test person' });
    await system.replay(run.id);
    const resolved = [
      { isSource: true, position: 1, state: 'resolved' },
      { isSource: true, position: 2, state: 'resolved' },
    ];
    expect(await states()).toEqual([
      ...resolved,
      { isSource: false, position: 1, state: 'dismissed' },
      { isSource: false, position: 2, state: 'open' },
    ]);
    await system.restart({ fields: { givenName: 'n', familyName: '=f || s', title: 't' }, identity: ['n'] });
    await system.replay(run.id);
    expect(await states()).toEqual([
      ...resolved,
      { isSource: false, position: 1, state: 'resolved' },
      { isSource: false, position: 2, state: 'resolved' },
      // It is rejected for another reason now, which no one has dismissed.
      { isSource: false, position: 1, state: 'open' },
    ]);
    expect(Object.keys(await system.titles())).toContain('Ed');
  });

  it('is no news about the partner', async () => {
    const { run } = await system.sync([ANN]);
    const lastSeen = await system.dump('(SELECT last_seen_at FROM providers)');
    await system.replay(run.id);
    await system.restart({ providers: { path: '/list', records: 'elsewhere' } });
    const { run: failed } = await system.replay(run.id);
    expect(failed.failure?.type).toBe('IncompleteResponse');
    expect(await readStats(system.engine.dataSource)).toMatchObject([
      { lastRun: { id: run.id }, lastSuccess: { id: run.id }, last7Days: { succeeded: 1, failed: 0 } },
    ]);
    expect(await system.dump('(SELECT last_seen_at FROM providers)')).toBe(lastSeen);
    const { since } = await readStoredPartner(system.engine.dataSource, 'some');
    expect(since).toBe(run.startedAt);
  });

  it('of a replay is one of the run that it replayed', async () => {
    const { run } = await system.sync([ANN]);
    const { run: first } = await system.replay(run.id);
    const { client, config: temporal, dataSource } = system.engine;
    const context = { client, temporal, dataSource, partners: new Map([['some', { feed: 'sample' }]]) };
    const requested = await requestReplay(context as never, first, { trigger: 'api', requestId: 'x' });
    if (requested.outcome !== 'started') throw new Error(requested.outcome);
    expect(requested.run.trigger).toBe('replay');
    const { workflowId } = requested.run;
    await client.workflow.getHandle(workflowId).result();
    expect(await getRun(dataSource, workflowId)).toMatchObject({ replayOf: run.id, status: 'succeeded' });
  });

  it.each([
    ['there is no such run', '0b1f6f1d-0000-4000-8000-000000000000', 'There is no run'],
    ['nothing was kept', null, 'is not kept'],
  ])('fails if %s', async (_, id, message) => {
    await system.restart({ keepAnswers: '0' });
    const { run } = await system.sync([ANN]);
    expect(run.answerKeptUntil).toBeNull();
    expect(await count('kept_answers')).toBe(0);
    const { run: refused } = await system.replay(id ?? run.id);
    expect(refused.failure).toMatchObject({
      type: 'AnswerUnavailable',
      message: expect.stringContaining(message),
    });
  });

  it('fails for the run of another partner', async () => {
    const { run } = await system.sync([ANN]);
    const { run: refused } = await system.replay(run.id, 'other');
    expect(refused.failure?.message).toContain('is a run of some, not of other');
  });

  it.each([
    ['a byte was changed', `UPDATE kept_answers SET sealed = set_byte(sealed, 40, get_byte(sealed, 40) # 1)`],
    ['the end is missing', `DELETE FROM kept_answers WHERE part = (SELECT max(part) FROM kept_answers)`],
  ])('fails if %s in the copy', async (_, statement) => {
    const { run } = await system.sync([ANN]);
    await system.engine.dataSource.query(statement);
    const { outcome } = await system.replay(run.id);
    expect(outcome).toMatchObject({ status: 'failed', failure: { type: 'AnswerUnavailable' } });
  });

  it('fails with the copy of another run', async () => {
    const { run: first } = await system.sync([ANN]);
    const { run } = await system.sync([BO]);
    const { dataSource } = system.engine;
    await dataSource.query('DELETE FROM kept_answers WHERE run_id = $1', [run.id]);
    await dataSource.query('UPDATE kept_answers SET run_id = $1 WHERE run_id = $2', [run.id, first.id]);
    expect((await system.replay(run.id)).outcome).toMatchObject({ failure: { type: 'AnswerUnavailable' } });
  });

  it('fails at once if the key of the copy is gone, and leaves the partner free', async () => {
    const { run } = await system.sync([ANN]);
    await system.restart({}, testTemporalConfig().payloadKeys);
    expect((await system.replay(run.id)).run.failure).toMatchObject({
      type: 'AnswerUnavailable',
      message: expect.stringContaining('which PAYLOAD_KEYS does not have'),
    });
    expect((await system.sync([ANN])).outcome.status).toBe('succeeded');
  });

  it('is no longer possible after the time of the copy, which is removed', async () => {
    const { run } = await system.sync([ANN]);
    const { dataSource } = system.engine;
    await dataSource.query(`UPDATE sync_runs SET answer_kept_until = now() - interval '1 second'`);
    expect((await system.replay(run.id)).run.failure?.message).toContain('is not kept');
    await removeOldAnswers(dataSource, []);
    expect(await count('kept_answers')).toBe(0);
  });
});

describe('the kept copy of an answer', () => {
  const system = useOpened(startReplayedSystem, ({ stop }) => stop());

  it.each([
    ['a small answer', [ANN, BO]],
    ['a staged answer', [ANN, ...MANY]],
  ])('of %s holds no name in plain text', async (_, people) => {
    await system.sync(people);
    const rows: { sealed: Buffer }[] = await system.engine.dataSource.query(
      'SELECT sealed FROM kept_answers',
    );
    expect(rows.length).toBeGreaterThan(1);
    for (const { sealed } of rows) expect(sealed.includes('Ann')).toBe(false);
  });
});
