import { DECISION_UPDATES, type OperatorVerdict } from '../../contract/approval';
import { decideSnapshot, explainUndecided } from '../../operations/decide-snapshot';
import { UNNAMED_OPERATOR } from '../../operations/unnamed-operator';
import { linkRun } from '../../store/runs/link-run';
import type { ApiContext, ZodApp } from '../context';
import { ProblemError } from '../http/problem';
import { BODY_PROBLEMS, responses } from '../openapi/responses';
import { decisionSchema, runWithCallsSchema, syncIdParams } from '../openapi/sync-schemas';
import { findSyncOrFail } from './find-sync-or-fail';
import { locationOf } from './start-sync';

const DECISIONS: Record<OperatorVerdict, { readonly summary: string; readonly description: string }> = {
  approved: {
    summary: 'Approve the snapshot that a sync holds back',
    description:
      'The sync then applies it, and marks the providers of `/departing-providers` as left. Approving twice changes nothing.',
  },
  rejected: {
    summary: 'Reject the snapshot that a sync holds back',
    description:
      'The sync then fails as `SnapshotRejected`, and the directory does not change. Rejecting twice changes nothing.',
  },
};

const body = decisionSchema.nullish().meta({ examples: [{ by: 'zoe', reason: 'Asked the partner' }] });

/** `POST /api/v1/syncs/:id/approve` and `/reject`: the decision about a snapshot that is held back. */
export function serveSyncDecisions(app: ZodApp, context: ApiContext): void {
  for (const verdict of ['approved', 'rejected'] as const) serveDecision(app, context, verdict);
}

function serveDecision(app: ZodApp, context: ApiContext, verdict: OperatorVerdict): void {
  const name = DECISION_UPDATES[verdict];
  app.post(
    `/api/v1/syncs/:id/${name}`,
    {
      config: { access: 'operator' },
      schema: {
        tags: ['Syncs'],
        ...DECISIONS[verdict],
        operationId: `${name}Sync`,
        params: syncIdParams,
        body,
        response: responses({ 202: runWithCallsSchema }, 404, 409, ...BODY_PROBLEMS),
      },
    },
    async (request, reply) => {
      const run = await findSyncOrFail(context, request.params.id);
      linkRun(run);
      const decided = await decideSnapshot(context.client, run, {
        verdict,
        by: UNNAMED_OPERATOR.api,
        ...request.body,
      });
      const instance = locationOf(run.id);
      if (decided.outcome !== 'decided') {
        const status = decided.outcome === 'not taken' ? 503 : 409;
        throw new ProblemError(status, explainUndecided(decided), { instance });
      }
      const approval = run.approval && { ...run.approval, decision: decided.decision };
      return reply
        .code(202)
        .header('Location', instance)
        .send({ ...run, approval });
    },
  );
}
