import type { Payload } from '@temporalio/common';
import { bundleWorkflowCode, DefaultLogger, type ReplayWorkerOptions, Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { createLogger } from '../../src/process/logger';
import { payloadKeysSchema } from '../../src/process/payload-keys';
import { CONVERTER_PATHS } from '../../src/temporal/payloads/data-converter';
import { EncryptionCodec } from '../../src/temporal/payloads/payload-codec';
import { installTemporalRuntime } from '../../src/worker/worker';
import { TRACED_BUNDLE_PATH, WORKFLOW_BUNDLE_PATH } from '../../src/worker/workflow-bundle';
import * as workflows from '../../workflows';
import { currentVersion, readHistories } from './histories';
import { filesOf } from './path';
import { PATHS } from './paths';
import { PUBLISHED_KEYS } from './published-keys';

const KEYS = payloadKeysSchema.parse(PUBLISHED_KEYS);
const codec = new EncryptionCodec(KEYS);
const recorded = readHistories();

/** The error of each replay by version and path; an empty text for a success. */
async function replay(
  workflowBundle: NonNullable<ReplayWorkerOptions['workflowBundle']>,
): Promise<Map<string, string>> {
  // A replay has a different namespace and workflow id than the run.
  const anywhere = {
    encode: codec.encode.bind(codec),
    decode: (payloads: Payload[]) => codec.decode(payloads),
  };
  const options = { workflowBundle, dataConverter: { ...CONVERTER_PATHS, payloadCodecs: [anywhere] } };
  const histories = recorded.map(({ version, path, history }) => ({
    workflowId: `${version}/${path}`,
    history,
  }));
  const outcomes = new Map<string, string>();
  for await (const { workflowId, error } of Worker.runReplayHistories(options, histories)) {
    outcomes.set(workflowId, error ? `${error.name}: ${error.message}` : '');
  }
  return outcomes;
}

const failed = (outcomes: Map<string, string>) => [...outcomes].filter(([, error]) => error !== '');

beforeAll(() => {
  // The outcome of a failed replay has the error that the SDK logs.
  installTemporalRuntime(createLogger('silent'));
});

describe('the recorded histories', () => {
  it('cover every path', () => {
    const files = Object.entries(PATHS).flatMap(([name, path]) => filesOf(name, path));
    expect(files.filter((file) => !recorded.some(({ path }) => path === file))).toEqual([]);
  });

  it('are of every workflow that workers execute', () => {
    const ofThisVersion = recorded.filter(({ version }) => version === currentVersion());
    const types = ofThisVersion.map(
      ({ history }) => history.events?.[0]?.workflowExecutionStartedEventAttributes?.workflowType?.name,
    );
    expect([...new Set(types)].sort()).toEqual(Object.keys(workflows).sort());
  });

  it('replay with the current workflow', async () => {
    const outcomes = await replay({ codePath: WORKFLOW_BUNDLE_PATH });
    expect(failed(outcomes)).toEqual([]);
    expect(outcomes.size).toBe(recorded.length);
  });

  it('replay while traces are recorded, which are not recorded again', async () => {
    const outcomes = await replay({ codePath: TRACED_BUNDLE_PATH });
    expect(failed(outcomes)).toEqual([]);
    expect(outcomes.size).toBe(recorded.length);
  });

  it('do not replay with a workflow that has one step more', async () => {
    const changed = await bundleWorkflowCode({
      workflowsPath: require.resolve('./changed-workflow'),
      ...CONVERTER_PATHS,
      logger: new DefaultLogger('WARN'),
    });
    const outcomes = failed(await replay(changed));
    expect(outcomes).toHaveLength(recorded.length);
    for (const [, error] of outcomes) {
      expect(error).toMatch(new RegExp(`^${DeterminismViolationError.name}: `));
    }
  });

  it('contain no data of the machine that recorded them', async () => {
    for (const { history } of recorded) {
      const decoded = await codec.decode(payloadsIn(history));
      const text =
        JSON.stringify(history) + decoded.map(({ data }) => Buffer.from(data ?? []).toString()).join('\n');
      expect(text).not.toMatch(/\/(home|root|Users|tmp|work|var)\/|\.[jt]s:\d/);
      expect(text).not.toMatch(/\d@(?!recorder)/);
    }
  });
});

/** All payloads of a history. */
function payloadsIn(value: unknown): Payload[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  if ('metadata' in value && 'data' in value && value.data instanceof Uint8Array) return [value as Payload];
  return Object.values(value).flatMap(payloadsIn);
}
