import type { z } from 'zod';
import { listProviderChanges } from '../../store/directory/read-provider-history';
import { listDepartingProviders, listNewProviders } from '../../store/directory/read-providers';
import { listRejectedRecords } from '../../store/directory/read-rejected-records';
import type { Page } from '../../store/lists/cursor';
import type { PageQuery } from '../../store/lists/filters';
import type { ApiContext, ZodApp } from '../context';
import { pageOf, pageQuery } from '../openapi/list-schemas';
import { changeSchema, providerSchema } from '../openapi/provider-schemas';
import { rejectedRecordSchema } from '../openapi/rejected-record-schema';
import { responses } from '../openapi/responses';
import { syncIdParams } from '../openapi/sync-schemas';
import { findSyncOrFail } from './find-sync-or-fail';

/** A list that belongs to a sync. */
interface SyncList<Item extends z.ZodType> {
  /** The path below the sync. */
  readonly name: string;
  readonly summary: string;
  readonly description?: string;
  readonly operationId: string;
  readonly item: Item;
  read(
    dataSource: ApiContext['dataSource'],
    query: PageQuery & { runId: string },
  ): Promise<Page<z.input<Item>>>;
}

/** The lists below `/api/v1/syncs/:id` that are JSON only. */
export function serveSyncLists(app: ZodApp, context: ApiContext): void {
  serveSyncList(app, context, {
    name: 'changes',
    summary: 'List what a sync changed',
    operationId: 'listSyncChanges',
    item: changeSchema,
    read: listProviderChanges,
  });
  serveSyncList(app, context, {
    name: 'new-providers',
    summary: 'List the providers that a sync added',
    operationId: 'listSyncNewProviders',
    item: providerSchema,
    read: listNewProviders,
  });
  serveSyncList(app, context, {
    name: 'rejected-records',
    summary: 'List the records of a sync that could not be used',
    operationId: 'listSyncRejectedRecords',
    item: rejectedRecordSchema,
    read: listRejectedRecords,
  });
  serveSyncList(app, context, {
    name: 'departing-providers',
    summary: 'List who would be marked as left if the snapshot is approved',
    description: 'Empty unless the sync waits for an approval.',
    operationId: 'listSyncDepartingProviders',
    item: providerSchema,
    read: listDepartingProviders,
  });
}

function serveSyncList<Item extends z.ZodType>(
  app: ZodApp,
  context: ApiContext,
  { name, item, read, ...described }: SyncList<Item>,
): void {
  app.get(
    `/api/v1/syncs/:id/${name}`,
    {
      schema: {
        tags: ['Syncs'],
        ...described,
        params: syncIdParams,
        querystring: pageQuery,
        response: responses({ 200: pageOf<z.ZodType>(item) }, 404),
      },
    },
    async (request) => {
      const { id: runId } = await findSyncOrFail(context, request.params.id);
      const { limit, cursor } = request.query;
      return context.cursors.page(cursor, (cursor) => read(context.dataSource, { runId, limit, cursor }));
    },
  );
}
