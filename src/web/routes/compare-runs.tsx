import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ApiContext } from '../../api/context';
import { ProblemError } from '../../api/http/problem';
import { findSyncOrFail } from '../../api/routes/find-sync-or-fail';
import { text } from '../../store/lists/filters';
import { compareRuns } from '../../store/runs/compare-runs';
import { findRunBefore, type RunWithCalls } from '../../store/runs/read-runs';
import { ComparedRuns } from '../pages/compared-runs';
import { sendPage } from '../render';
import { formQuery } from './form';

const id = text(1_000);
/** The boxes of the list of runs. A page of the list has fewer. */
const MOST_CHOSEN = 200;

const querySchema = z.object({
  a: id.optional(),
  b: id.optional(),
  run: z.union([id.transform((one) => [one]), z.array(id).max(MOST_CHOSEN)]).default([]),
  only: z.literal('differences').optional(),
});

/** Two runs beside each other: `?a=…&b=…`, the two that were chosen in the list, or `?b=…` and the last successful run before it. */
export async function compareRunsRoute(root: FastifyInstance, context: ApiContext): Promise<void> {
  root
    .withTypeProvider<ZodTypeProvider>()
    .get('/runs/compare', { schema: { querystring: formQuery(querySchema) } }, async (request, reply) => {
      const { a, b, run: chosen, only } = request.query;
      if (a === undefined || b === undefined) {
        const [first, second] =
          b === undefined ? await findChosen(context, chosen) : await findWithBefore(context, b);
        return reply.redirect(`/runs/compare?a=${first}&b=${second}${only ? '&only=differences' : ''}`, 303);
      }
      const runs = { a: await findSyncOrFail(context, a), b: await findSyncOrFail(context, b) };
      return sendPage(
        request,
        reply,
        { title: 'Two runs compared' },
        <ComparedRuns {...runs} compared={compareRuns(runs.a, runs.b)} isBrief={only !== undefined} />,
      );
    });
}

/** @returns the ids of the two runs, the earlier one first */
async function findChosen(context: ApiContext, chosen: readonly string[]): Promise<string[]> {
  const [first, second, ...others] = [...new Set(chosen)];
  if (first === undefined || second === undefined || others.length > 0) {
    const count = new Set(chosen).size;
    throw new ProblemError(
      400,
      `Choose exactly two runs to compare; ${count === 0 ? 'none' : count} ${count < 2 ? 'was' : 'were'} chosen. Go back and choose two.`,
    );
  }
  const runs = await Promise.all([first, second].map((one) => findSyncOrFail(context, one)));
  return runs.sort((a, b) => a.startedAt.localeCompare(b.startedAt)).map(({ id }) => id);
}

/** @returns the ids of the run before this one, and of this one */
async function findWithBefore(context: ApiContext, id: string): Promise<string[]> {
  const run: RunWithCalls = await findSyncOrFail(context, id);
  const before = await findRunBefore(context.dataSource, run);
  if (before === null) {
    throw new ProblemError(409, `There is no earlier run of ${run.partner} to compare this one with.`);
  }
  return [before, run.id];
}
