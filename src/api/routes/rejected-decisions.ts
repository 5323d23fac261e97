import type { z } from 'zod';
import { explainNothingSelected } from '../../operations/rejected/explain-decision';
import { UNNAMED_OPERATOR } from '../../operations/unnamed-operator';
import {
  dismissRejected,
  type RejectedDecided,
  type RejectedSelection,
  reopenRejected,
} from '../../store/directory/dismiss-rejected';
import type { ApiContext, ZodApp } from '../context';
import { ProblemError } from '../http/problem';
import { dismissalSchema, rejectedDecidedSchema, reopeningSchema } from '../openapi/rejected-record-schema';
import { BODY_PROBLEMS, responses } from '../openapi/responses';

const tags = ['Syncs'];
const response = responses({ 200: rejectedDecidedSchema }, 404, ...BODY_PROBLEMS);

/** `POST /api/v1/rejected-records/dismiss` and `/reopen`. */
export function serveRejectedDecisions(app: ZodApp, { dataSource }: ApiContext): void {
  app.post(
    '/api/v1/rejected-records/dismiss',
    {
      config: { access: 'operator' },
      schema: {
        tags,
        summary: 'Dismiss rejected records: one, all of a sync, or all of a person with the same fault',
        description:
          'Only open records become dismissed. Dismissing a record again changes nothing, and keeps the first reason.',
        operationId: 'dismissRejectedRecords',
        body: dismissalSchema,
        response,
      },
    },
    async ({ body }) => {
      const { by = UNNAMED_OPERATOR.api, reason } = body;
      const selection = selectionOf(body);
      return decidedOrFail(selection, await dismissRejected(dataSource, selection, { by, reason }));
    },
  );
  app.post(
    '/api/v1/rejected-records/reopen',
    {
      config: { access: 'operator' },
      schema: {
        tags,
        summary: 'Reopen rejected records that were dismissed',
        description:
          'Reopening a record again changes nothing. A record whose person has come meanwhile becomes `gone`.',
        operationId: 'reopenRejectedRecords',
        body: reopeningSchema,
        response,
      },
    },
    async ({ body }) => {
      const selection = selectionOf(body);
      return decidedOrFail(selection, await reopenRejected(dataSource, selection));
    },
  );
}

/** The selection of a body; the schema makes sure that there is exactly one. */
export function selectionOf({ runId, record, group }: z.output<typeof reopeningSchema>): RejectedSelection {
  return group === undefined ? { runId: runId ?? '', record } : { group };
}

/** @throws ProblemError 404 for a selection without any record */
export function decidedOrFail(
  selection: RejectedSelection,
  decided: RejectedDecided | null,
): RejectedDecided {
  if (decided) return decided;
  throw new ProblemError(404, `${explainNothingSelected(selection)} See /api/v1/rejected-records?state=all.`);
}
