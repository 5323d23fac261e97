import { z } from 'zod';
import type { ApiContext, ZodApp } from '../../api/context';
import { decisionSchema } from '../../api/openapi/sync-schemas';
import { decidedOrFail, selectionOf } from '../../api/routes/rejected-decisions';
import { UNNAMED_OPERATOR } from '../../operations/unnamed-operator';
import { dismissRejected, reopenRejected } from '../../store/directory/dismiss-rejected';
import { groupId, idSchema } from '../../store/lists/filters';
import type { RejectedNoticeName } from '../components/outcome-notice';
import { formQuery } from './form';

const target = {
  runId: idSchema.optional(),
  record: z.coerce
    .number()
    .int()
    .min(1)
    .max(2 ** 31 - 1)
    .optional(),
  group: groupId.optional(),
  /** The group to whose page the form leads back. */
  ofGroup: groupId.optional(),
};
const reopening = z.strictObject(target);
const dismissal = reopening.extend({
  by: decisionSchema.shape.by,
  reason: decisionSchema.shape.reason.unwrap(),
});

/** The forms that dismiss and reopen rejected records. */
export function serveRejectedForms(app: ZodApp, { dataSource }: ApiContext): void {
  app.post(
    '/rejected-records/dismiss',
    { config: { access: 'operator' }, schema: { body: formQuery(dismissal) } },
    async ({ body }, reply) => {
      const { by = UNNAMED_OPERATOR.web, reason } = body;
      const selection = selectionOf(body);
      const decided = decidedOrFail(selection, await dismissRejected(dataSource, selection, { by, reason }));
      return reply.redirect(pageOf(body, decided.changed > 0 ? 'dismissed' : 'unchanged'), 303);
    },
  );
  app.post(
    '/rejected-records/reopen',
    { config: { access: 'operator' }, schema: { body: formQuery(reopening) } },
    async ({ body }, reply) => {
      const selection = selectionOf(body);
      const decided = decidedOrFail(selection, await reopenRejected(dataSource, selection));
      return reply.redirect(pageOf(body, decided.changed > 0 ? 'reopened' : 'unchanged'), 303);
    },
  );
}

/** The page on which the form was. */
function pageOf({ runId, group, ofGroup }: z.output<typeof reopening>, notice: RejectedNoticeName): string {
  const shown = group ?? ofGroup;
  const place = shown === undefined ? `runId=${runId}` : `group=${shown}`;
  return `/rejected-records?${place}&notice=${notice}`;
}
