import type { Client } from '@temporalio/client';
import { type Command, InvalidArgumentError } from 'commander';
import type { Erasure } from '../contract/erasure';
import { loadConfig } from '../process/config';
import { ExpectedError } from '../process/expected-error';
import { createLogger } from '../process/logger';
import { listErasures } from '../store/erase/read-erasures';
import { isId } from '../store/lists/conditions';
import type { PageQuery } from '../store/lists/filters';
import { expectingTemporal, usingTemporal } from '../temporal/connection/using-temporal';
import { type ErasureHandle, startErasure, startUnerasure } from '../temporal/runs/erase-provider';
import { resultOrRefusal } from '../temporal/runs/result-or-refusal';
import { doerOption } from './doer-option';
import { listCommand } from './list-command';
import { createProgress, say, table, writeJson } from './output';
import { seeEnd } from './see-end';
import { shownTime } from './shown-time';
import { inCommandSpan, withTracing } from './with-tracing';

interface Options {
  readonly by: string;
  readonly reason: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** `providers erase`, `providers unerase` and `providers erasures` */
export function eraseProviderCommands(providers: Command): void {
  providers
    .command('erase')
    .description(
      'erase a person with the whole history, and keep the next syncs from bringing the person back',
    )
    .argument('<id>', "the provider's id", id)
    .requiredOption('--reason <text>', 'the reason without the name of the person, kept with the receipt')
    .option('--yes', 'erase without asking back; without it, only say what would happen')
    .addOption(doerOption('the receipt'))
    .option('--json', 'print JSON')
    .action(erase);
  providers
    .command('unerase')
    .description('let an erased person come back with the next sync')
    .argument('<receipt>', 'the id of the receipt', id)
    .addOption(doerOption('the receipt'))
    .option('--json', 'print JSON')
    .action(unerase);
  listCommand<object, Erasure>(providers, {
    name: 'erasures',
    about: 'list the receipts of erased people, the latest first',
    filters: [],
    read: (dataSource, query: PageQuery) => listErasures(dataSource, query),
    format: formatErasures,
    noMatch: 'No more receipts.',
    none: 'No one was erased.',
  });
}

async function erase(providerId: string, { by, reason, yes, json }: Options): Promise<void> {
  if (!yes) {
    throw new ExpectedError(
      `This removes provider ${providerId} with the whole history, and the kept answers of the partner. It cannot be undone. Repeat it with --yes.`,
    );
  }
  const receipt = await asked('providers erase', (client, taskQueue) =>
    startErasure(client, taskQueue, { providerId, by, reason }),
  );
  if (!receipt) throw new ExpectedError(`There is no provider ${providerId}.`);
  if (json) writeJson(receipt);
  else say(`${formatReceipt(receipt)}\n\n${WHAT_REMAINS}`);
}

async function unerase(erasureId: string, { by, json }: Omit<Options, 'reason'>): Promise<void> {
  const receipt = await asked('providers unerase', (client, taskQueue) =>
    startUnerasure(client, taskQueue, { erasureId, by }),
  );
  if (!receipt) throw new ExpectedError(`There is no receipt ${erasureId}.`);
  if (json) writeJson(receipt);
  else say('The person comes back with the next answer of the partner that has the person.');
}

const WHAT_REMAINS = [
  'Runs in Temporal hold the answers of the partner, encrypted, until the retention of the namespace is over.',
  'Backups of Postgres, and its files until they are vacuumed, still hold the person.',
].join('\n');

const REQUESTED = 'The request was made, and a worker does it. See: npx provider-sync providers erasures';

async function asked(
  command: string,
  start: (client: Client, taskQueue: string) => Promise<ErasureHandle>,
): Promise<Erasure | null> {
  const config = loadConfig(['temporal']);
  const { temporal } = config;
  const progress = createProgress();
  progress.show('Waiting for a worker');
  return withTracing(config, createLogger(config.logLevel), () =>
    usingTemporal(temporal, async (client) => {
      const handle = await inCommandSpan(command, () => start(client, temporal.taskQueue));
      const result = () => expectingTemporal(temporal, () => handle.result());
      return resultOrRefusal({ result: () => seeEnd(REQUESTED, result) });
    }),
  ).finally(progress.end);
}

function formatReceipt({ id, providerId, partner, erasedAt, erasedBy, reason, removed }: Erasure): string {
  return table(
    ['RECEIPT', id],
    [
      ['Provider', `${providerId} of ${partner}`],
      ['Erased', `${shownTime(erasedAt)}, by ${erasedBy}`],
      ['Reason', reason],
      ['Changes', removed.changes],
      ['Rejected records', removed.rejectedRecords],
      ['Staged records', removed.stagedRecords],
      ['Kept answers', removed.keptAnswers],
    ],
  );
}

function formatErasures(erasures: readonly Erasure[]): string {
  return table(
    ['RECEIPT', 'ERASED', 'BY', 'REASON', 'PARTNER', 'PROVIDER', 'MAY COME BACK SINCE'],
    erasures.map((one) => [
      one.id,
      shownTime(one.erasedAt),
      one.erasedBy,
      one.reason,
      one.partner,
      one.providerId,
      shownTime(one.liftedAt),
    ]),
  );
}

function id(text: string): string {
  if (!isId(text)) throw new InvalidArgumentError('It is not an id.');
  return text;
}
