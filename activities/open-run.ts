import type { Activities, OpenedRun, OpenRunInput, PartnerLimits } from '../src/contract/activities';
import { FAILURES } from '../src/contract/failures';
import { NamedFailure } from '../src/contract/named-failure';
import { choosePartner, UnknownPartnerError } from '../src/partner/config/choose-partner';
import { mappingHash } from '../src/partner/config/mapping-hash';
import type { Partner } from '../src/partner/config/partner';
import { needsToken } from '../src/partner/config/request-scope';
import { version } from '../src/process/package-root';
import { currentTrace } from '../src/process/tracing/trace';
import { continueRun } from '../src/store/runs/continue-run';
import { type LastGoodRun, openRun } from '../src/store/runs/open-run';
import { recordFailedStart } from '../src/store/runs/record-failed-start';
import type { Dependencies } from './dependencies';
import { stepTiming } from './step-timing';
import { failingAsTemporal } from './temporal-failure';

/** An answer with more records is probably too large for a result of an activity. */
const MANY_RECORDS = 2_000;
/** With a larger `maxBytes`, the operator expects answers whose reading takes longer than one call of a small partner. */
const SMALL_BYTES = 4 * 2 ** 20;

/** Claims the partner for this run and records the run as running, or as skipped if another run holds the partner. */
export function createOpenRun(dependencies: Dependencies): Activities['openRun'] {
  const { dataSource, temporal, log, metrics } = dependencies;
  return async ({ isLastTry = false, continues, ...input }) => {
    // Read at each run: a Temporal that was set up again has lost the search attributes for a moment.
    const { searchable } = temporal;
    if (continues) return { ...(await keepClaim(dependencies, input, continues)), searchable };
    const partner = await failingAsTemporal(() => findOrRecord(dependencies, input, isLastTry), log);
    const { workflowId, trigger } = input;
    const start = { ...toStart(input), partner: partner.name, mappingHash: mappingHash(partner) };
    const opened = await failingAsTemporal(
      () =>
        openRun(
          dataSource,
          start,
          (holder) => isHeld(dependencies, holder.workflowId, input.runId),
          metrics.runEnded,
          dependencies.subscriptions,
        ),
      log.child({ partner: partner.name, workflowId }),
    );
    const runLog = log.child({ partner: partner.name, run: opened.id, workflowId });
    if (opened.status === 'skipped') {
      runLog.info({ holder: opened.holder.workflowId }, 'Run skipped: another run holds the partner');
      return { ...opened, searchable, partner: limitsOf(partner) };
    }
    runLog.info({ trigger }, 'Run opened');
    const { lastGood, ...run } = opened;
    const limits = { ...limitsOf(partner), ...plan(partner, lastGood) };
    const replayOf = input.replay === undefined ? {} : { replayOf: input.replay };
    const { runId: temporalRunId } = input;
    return { ...run, temporalRunId, searchable, stepsNameRun: true, ...replayOf, partner: limits };
  };
}

/** Moves the claim of a run to the Temporal run that continues it. */
async function keepClaim(
  { dataSource, log }: Dependencies,
  { workflowId, runId: temporalRunId }: OpenRunInput,
  continues: OpenedRun,
): Promise<OpenedRun> {
  const { id, partner, temporalRunId: before } = continues;
  const runLog = log.child({ partner: partner.name, run: id, workflowId });
  const report = { runId: id, calls: [] };
  const move = { id, workflowId, before, temporalRunId };
  await failingAsTemporal(() => continueRun(dataSource, move), runLog, { report });
  runLog.info('Run continued as a new Temporal run');
  return { ...continues, temporalRunId };
}

/** @returns the partner of the start. On the last try, the run of an unknown partner is recorded as failed. */
async function findOrRecord(
  { partners, dataSource, metrics }: Dependencies,
  input: OpenRunInput,
  isLastTry: boolean,
): Promise<Partner> {
  try {
    return choosePartner(partners, input.partner);
  } catch (error) {
    if (isLastTry && error instanceof UnknownPartnerError && input.partner !== undefined) {
      const { type, message } = error;
      await recordFailedStart(
        dataSource,
        { ...toStart(input), partner: input.partner },
        { type, message: `${FAILURES[type].meaning} ${message}` },
        metrics.runEnded,
      );
    }
    throw error;
  }
}

/** @throws NamedFailure `TemporalUnavailable` */
async function isHeld(
  { temporal }: Dependencies,
  holder: string,
  askerTemporalRunId: string,
): Promise<boolean> {
  try {
    return await temporal.isStillRunning(holder, askerTemporalRunId);
  } catch (cause) {
    const message = `Temporal did not report whether ${holder} is still running`;
    throw new NamedFailure('TemporalUnavailable', message, { cause });
  }
}

/** In the input of the activity, `runId` is Temporal's run id. */
function toStart({ trigger, workflowId, runId, requestedAt, startedBy, scheduledAt, replay }: OpenRunInput) {
  const timing = stepTiming(scheduledAt);
  const traceId = currentTrace()?.traceId;
  const starting = { requestedAt, startedBy, timing, workerVersion: version, traceId };
  return { trigger, workflowId, temporalRunId: runId, replayOf: replay, ...starting };
}

function limitsOf(partner: Partner): PartnerLimits {
  const { name, deadline } = partner;
  return { name, deadlineMs: deadline, ...(!needsToken(partner) && { authenticates: false }) };
}

/** How the partner is called, as far as that differs from a partner with small answers. */
function plan(partner: Partner, lastGood: LastGoodRun | null): Partial<PartnerLimits> {
  const needsStaging =
    partner.providers.next !== undefined ||
    partner.maxBytes > SMALL_BYTES ||
    (lastGood?.received ?? 0) > MANY_RECORDS;
  return {
    ...(needsStaging && { needsStaging }),
    ...(partner.feed === 'changes' && { since: lastGood?.startedAt ?? null }),
  };
}
