import type { DataSource } from 'typeorm';
import type { PartnerCall } from '../../src/contract/call';
import { saveSync } from '../../src/store/save/save-sync';
import { answer, call, openedRun, provider } from './store-fixtures';

/** The calls for pages, of which every `failing`th fails at its first call. They begin a second apart. */
export function callsForPages(pages: number, failing: number): PartnerCall[] {
  const calls: PartnerCall[] = [];
  const add = (fields: Partial<PartnerCall>) =>
    calls.push(
      call({ startedAt: new Date(Date.UTC(2026, 0, 1, 0, 0, calls.length)).toISOString(), ...fields }),
    );
  add({ endpoint: 'auth', page: 1 });
  for (let page = 1; page <= pages; page += 1) {
    const fails = page % failing === 0;
    if (fails) add({ endpoint: 'providers', page, httpStatus: 500, outcome: 'PartnerError' });
    add({ endpoint: 'providers', page, attempt: fails ? 2 : 1 });
  }
  return calls;
}

/** A run that succeeded after these calls. */
export async function runWith(dataSource: DataSource, calls: readonly PartnerCall[]): Promise<string> {
  const runId = await openedRun(dataSource);
  const fields = { partner: 'noteworth', feed: 'sample', answer: answer([provider('1')]) } as const;
  await saveSync(dataSource, { runId, ...fields, calls });
  return runId;
}
