import type { DataSource } from 'typeorm';
import type { Feed } from '../../../src/contract/answer';
import type { RunRow } from './check-runs';
import { changeLine, expectDirectory } from './expected-directory';
import { identityOf, type Person } from './person';
import { fact, type Line, never } from './table';

/** The answers of one partner, by workflow ID. */
export interface Served {
  readonly partner: string;
  readonly feed: Feed;
  readonly people: ReadonlyMap<string, readonly Person[]>;
}

interface ProviderRow extends Person {
  readonly listed: boolean;
}

interface ChangeRow extends Omit<Person, 'title'> {
  readonly run: string;
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** The differences between the tables of one partner and the answers of its successful runs. */
interface Differences {
  readonly served: number;
  readonly stored: number;
  readonly changes: number;
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly wrong: readonly string[];
  readonly unserved: readonly string[];
  readonly unstoredRuns: readonly string[];
  readonly miscounted: readonly string[];
  readonly changesLost: readonly string[];
  readonly changesInvented: readonly string[];
  readonly rowsOfBadRuns: readonly string[];
}

/** Checks that the directory and its history match the answers of the successful runs exactly. */
export async function checkDirectory(
  dataSource: DataSource,
  served: readonly Served[],
  runs: readonly RunRow[],
): Promise<Line[]> {
  const all = await Promise.all(served.map((one) => compare(dataSource, one, runs)));
  const sum = (name: 'served' | 'stored' | 'changes') => all.reduce((total, one) => total + one[name], 0);
  const every = (name: Exclude<keyof Differences, 'served' | 'stored' | 'changes'>) =>
    all.flatMap((one) => one[name]);
  return [
    fact('providers served in runs that succeeded', sum('served')),
    fact('providers stored', sum('stored')),
    never('  lost', every('lost')),
    never('  doubled', every('doubled')),
    never('  with a wrong title, or wrongly listed', every('wrong')),
    never('  that no run that succeeded was served', every('unserved')),
    never('runs that succeeded, but whose answer is not stored', every('unstoredRuns')),
    never('runs whose counts are not what they did', every('miscounted')),
    never('runs that did not succeed, but left rows', every('rowsOfBadRuns')),
    fact('changes stored', sum('changes')),
    never('  lost', every('changesLost')),
    never('  invented', every('changesInvented')),
  ];
}

async function compare(
  dataSource: DataSource,
  { partner, feed, people }: Served,
  allRuns: readonly RunRow[],
): Promise<Differences> {
  const runs = allRuns.filter((run) => run.partner === partner);
  const good = runs.filter(({ status }) => status === 'succeeded');
  const answers = good.map((run) => ({ runId: run.id, people: people.get(run.workflowId) ?? [] }));
  const expected = expectDirectory(feed, answers);

  const rows = await readProviders(dataSource, partner);
  const stored = new Map(rows.map((row) => [identityOf(row), row]));
  const changes = await readChanges(dataSource, partner);
  return {
    served: expected.entries.size,
    stored: rows.length,
    lost: [...expected.entries.keys()].filter((identity) => !stored.has(identity)),
    doubled: duplicatesIn(rows.map(identityOf)),
    wrong: [...expected.entries]
      .filter(([identity, { title, listed }]) => {
        const row = stored.get(identity);
        return row && (row.title !== title || row.listed !== listed);
      })
      .map(([identity]) => identity),
    unserved: [...stored.keys()].filter((identity) => !expected.entries.has(identity)),
    unstoredRuns: answers
      .filter((answer) => answer.people.some((one) => !stored.has(identityOf(one))))
      .map(({ runId }) => `run ${runId}`),
    miscounted: good
      .filter((run) => {
        const { inserted, updated, unchanged, departed } = run;
        const counts = JSON.stringify({ inserted, updated, unchanged, departed });
        return (
          run.received !== people.get(run.workflowId)?.length ||
          counts !== JSON.stringify(expected.runs.get(run.id))
        );
      })
      .map(({ id }) => `run ${id}`),
    changes: changes.length,
    changesLost: without(expected.changes, changes),
    changesInvented: without(changes, expected.changes),
    rowsOfBadRuns: await findBadRunsWithRows(dataSource, partner),
  };
}

async function readProviders(dataSource: DataSource, partner: string): Promise<ProviderRow[]> {
  return dataSource.query(
    `SELECT given_name AS name_given, family_name AS name_family, clinic, title, listed
     FROM providers WHERE partner = $1`,
    [partner],
  );
}

async function readChanges(dataSource: DataSource, partner: string): Promise<string[]> {
  const rows = await dataSource.query<ChangeRow[]>(
    `SELECT run_id AS run, given_name AS name_given, family_name AS name_family, clinic, field, before, after
     FROM provider_changes changed JOIN providers ON providers.id = changed.provider_id
     WHERE partner = $1`,
    [partner],
  );
  return rows.map((row) => changeLine(row.run, identityOf(row), row.field, row.before, row.after));
}

async function findBadRunsWithRows(dataSource: DataSource, partner: string): Promise<string[]> {
  const runs = await dataSource.query<{ id: string }[]>(
    `SELECT id FROM sync_runs run
     WHERE partner = $1 AND status <> 'succeeded' AND (
       received + inserted + updated + unchanged + departed + duplicates + rejected > 0
       OR EXISTS (SELECT FROM provider_changes WHERE run_id = run.id)
       OR EXISTS (SELECT FROM rejected_records WHERE run_id = run.id))`,
    [partner],
  );
  return runs.map(({ id }) => `run ${id}`);
}

function duplicatesIn(texts: readonly string[]): string[] {
  const seen = new Set<string>();
  return texts.filter((text) => seen.size === seen.add(text).size);
}

/** The lines that are not among the others, one for one. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}
