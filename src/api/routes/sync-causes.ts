import { readRunCauses } from '../../store/runs/read-causes';
import type { ApiContext, ZodApp } from '../context';
import { causeFilterSchema, causeSchema } from '../openapi/cause-schema';
import { wholeListOf } from '../openapi/list-schemas';
import { responses } from '../openapi/responses';

/** `/api/v1/syncs/causes` */
export function serveSyncCauses(app: ZodApp, { dataSource }: ApiContext): void {
  app.get(
    '/api/v1/syncs/causes',
    {
      schema: {
        tags: ['Syncs'],
        summary: 'List why syncs failed, and whether that is mended',
        description:
          'Groups failed and abandoned syncs by cause; those that still fail come first. Replays are left out. Send `startedAfter` to ask about last night; without it, all syncs count.',
        operationId: 'listSyncCauses',
        querystring: causeFilterSchema,
        response: responses({ 200: wholeListOf(causeSchema) }),
      },
    },
    async (request) => ({ items: await readRunCauses(dataSource, request.query) }),
  );
}
