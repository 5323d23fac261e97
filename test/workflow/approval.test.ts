import { Client, type WorkflowHandle, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, type Payload } from '@temporalio/common';
import type { PersistProvidersInput } from '../../src/contract/activities';
import { APPROVAL_MEMO, type ApprovalMemo, type Decision } from '../../src/contract/approval';
import { CONVERTER_PATHS } from '../../src/temporal/payloads/data-converter';
import { COUNTS, run, typeOf, useTestEnvironment } from '../support/fake-run';
import { until } from '../support/scenario';

// The time-skipping server has no updates.
useTestEnvironment({ skipTime: false });

const WEEK_MS = 7 * 86_400_000;

interface Holding {
  /** Called when the snapshot waits. */
  readonly decide?: (handle: WorkflowHandle) => Promise<unknown>;
  readonly withinMs?: number;
  /** The approved snapshot is stored when this resolves. */
  readonly stored?: Promise<void>;
}

/** Runs a snapshot that waits for approval. */
async function runHeld({ decide, withinMs = WEEK_MS, stored }: Holding) {
  const persisted: PersistProvidersInput[] = [];
  const request = {
    departing: 199,
    listed: 200,
    requestedAt: new Date().toISOString(),
    deadline: new Date(Date.now() + withinMs).toISOString(),
  };
  const ended = await run(
    {},
    {
      changes: {
        persistProviders: async (input) => {
          persisted.push(input);
          const { runId } = input;
          if (!input.approval) return { runId, status: 'awaiting-approval', ...request };
          await stored;
          return { runId, ...COUNTS, departed: 199 };
        },
      },
      act: async (_fake, _cancel, handle) => {
        if (!decide) return;
        await until(async () => (await decisionOf(handle)) === null);
        await decide(handle);
      },
    },
  );
  return { ...ended, approvals: persisted.map(({ approval }) => approval?.verdict ?? null) };
}

/** The decision in the memo; null while the run waits, undefined before that. */
async function decisionOf(handle: WorkflowHandle): Promise<Decision | null | undefined> {
  const { memo } = await handle.describe();
  return (memo?.[APPROVAL_MEMO] as ApprovalMemo | undefined)?.decision;
}

/** Why an update was refused. */
async function refusalOf(update: Promise<unknown>): Promise<{ type?: string | null; message: string }> {
  const error = await update.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(WorkflowUpdateFailedError);
  const { cause } = error as WorkflowUpdateFailedError;
  expect(cause).toBeInstanceOf(ApplicationFailure);
  const { type, message } = cause as ApplicationFailure;
  return { ...(type !== undefined && { type }), message };
}

describe('a snapshot that waits for approval', () => {
  it('is stored when it is approved, and the partner is not called again', async () => {
    const { fake, result, approvals } = await runHeld({
      decide: async (handle) => {
        await handle.executeUpdate('approve');
        expect(await decisionOf(handle)).toEqual({
          verdict: 'approved',
          by: null,
          reason: null,
          at: expect.any(String),
        });
      },
    });
    expect(result).toMatchObject({ status: 'succeeded', departed: 199 });
    expect(approvals).toEqual([null, 'approved']);
    expect([fake.count('auth'), fake.count('providers'), fake.closed]).toEqual([1, 1, []]);
  });

  it('ends the run as SnapshotRejected when it is rejected, with the reason and the decision', async () => {
    const ended = await runHeld({
      decide: (handle) =>
        handle.executeUpdate<unknown, [unknown]>('reject', {
          args: [{ by: ' zoe ', reason: 'The list was cut' }],
        }),
    });
    expect(typeOf(ended)).toBe('SnapshotRejected');
    expect(ended.failure?.message).toContain('Rejected by zoe: The list was cut.');
    expect(ended.fake.closed).toMatchObject([
      {
        status: 'failed',
        failure: { type: 'SnapshotRejected' },
        decision: { verdict: 'rejected', by: 'zoe', reason: 'The list was cut' },
      },
    ]);
  });

  it('is rejected when the deadline passes without a decision', async () => {
    const ended = await runHeld({ withinMs: 100 });
    expect(typeOf(ended)).toBe('SnapshotRejected');
    expect(ended.failure?.message).toContain('It was not approved before the deadline.');
    expect(ended.fake.closed).toMatchObject([{ decision: { verdict: 'expired', by: null } }]);
  });

  it('ends as cancelled when the run is cancelled', async () => {
    const ended = await runHeld({ decide: (handle) => handle.cancel() });
    expect(typeOf(ended)).toBe('CancelledFailure');
    expect(ended.fake.closed).toMatchObject([{ status: 'cancelled', decision: null }]);
  });

  it.each([
    [['zoe']],
    [[7]],
    [[[]]],
    [[{ by: 7 }]],
    [[{ who: 'zoe' }]],
    [[{ by: 'z'.repeat(201) }]],
    [[{ reason: 'a\0b' }]],
    [[{ reason: '\ud800' }]],
  ])('is not decided by an update with the arguments %j', async (args) => {
    const { approvals } = await runHeld({
      decide: async (handle) => {
        const update = handle.executeUpdate<unknown, [unknown]>('approve', { args: args as [unknown] });
        expect((await refusalOf(update)).type).toBe('InvalidInput');
        await handle.cancel();
      },
    });
    expect(approvals).toEqual([null]);
  });

  it.each(['approve', 'reject'])('is not decided by an update to %s that it cannot read', async (name) => {
    const { approvals, failure } = await runHeld({
      decide: async (handle) => {
        const update = withForeignPayloads(handle).executeUpdate<unknown, [unknown]>(name, {
          args: [{ by: 'zoe' }],
        });
        expect(await refusalOf(update)).toEqual({
          type: 'InvalidInput',
          message: 'The input could not be read: it was encrypted for another place.',
        });
        await handle.cancel();
      },
    });
    expect(failure).toBeInstanceOf(CancelledFailure);
    expect(approvals).toEqual([null]);
  });
});

/** The run, for a client that encrypts for another workflow, as if it repeated an update of that workflow. */
function withForeignPayloads({ client, workflowId }: WorkflowHandle): WorkflowHandle {
  const { loadedDataConverter, namespace } = client.options;
  const elsewhere = { type: 'workflow', namespace, workflowId: 'another-run' } as const;
  const payloadCodecs = loadedDataConverter.payloadCodecs.map((codec) => ({
    encode: (payloads: Payload[]) => codec.encode(payloads, elsewhere),
    decode: codec.decode.bind(codec),
  }));
  const dataConverter = { ...CONVERTER_PATHS, payloadCodecs };
  const { connection } = client;
  return new Client({ connection, namespace, dataConverter }).workflow.getHandle(workflowId);
}

describe('a decision', () => {
  /** The second decision arrives while the approved snapshot is stored. */
  async function decidedTwice(second: 'approve' | 'reject') {
    let release: () => void = () => undefined;
    const stored = new Promise<void>((resolve) => {
      release = resolve;
    });
    const decisions: unknown[] = [];
    let again: Promise<unknown> = Promise.resolve();
    const { result } = await runHeld({
      stored,
      decide: async (handle) => {
        const decide = (name: string, by: string) =>
          handle.executeUpdate<unknown, [unknown]>(name, { args: [{ by }] });
        await decide('approve', 'zoe');
        decisions.push(await decisionOf(handle));
        again = decide(second, 'otis');
        await again.catch(() => undefined);
        decisions.push(await decisionOf(handle));
        release();
      },
    });
    expect(result?.status).toBe('succeeded');
    expect(decisions[0]).toMatchObject({ verdict: 'approved', by: 'zoe' });
    expect(decisions[1]).toEqual(decisions[0]);
    return again;
  }

  it('that repeats the first one is accepted, and the first one counts', async () => {
    await decidedTwice('approve');
  });

  it('that is the opposite of the first one is refused', async () => {
    expect(await refusalOf(decidedTwice('reject'))).toEqual({
      type: 'DecidedOtherwise',
      message: 'This snapshot was decided before. Approved by zoe.',
    });
  });

  it.each(['approve', 'reject'] as const)('to %s is refused while no snapshot waits', async (name) => {
    const { result } = await run(
      { providers: ['hang', 'ok'] },
      {
        act: async (fake, _cancel, handle) => {
          await until(() => fake.count('providers') === 1);
          expect(await refusalOf(handle.executeUpdate(name))).toEqual({
            type: 'NotAwaitingApproval',
            message: expect.stringContaining('does not wait for an approval'),
          });
          await handle.cancel();
        },
      },
    );
    expect(result).toBeUndefined();
  });
});
