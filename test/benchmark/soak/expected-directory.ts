import type { Feed } from '../../../src/contract/answer';
import { identityOf, type Person } from './person';

/** The answer of one successful run. Runs are ordered by their ends. */
export interface StoredAnswer {
  /** Our id of the run. */
  readonly runId: string;
  readonly people: readonly Person[];
}

export interface ExpectedRun {
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly departed: number;
}

export interface ExpectedDirectory {
  /** Title and whether still listed, by identity. */
  readonly entries: ReadonlyMap<string, { readonly title: string; readonly listed: boolean }>;
  /** Every change of a field, as {@link changeLine} writes it. */
  readonly changes: readonly string[];
  readonly runs: ReadonlyMap<string, ExpectedRun>;
}

/** A change of a field as one line that can be compared. */
export function changeLine(
  runId: string,
  identity: string,
  field: string,
  before: unknown,
  after: unknown,
): string {
  return JSON.stringify([runId, identity, field, before, after]);
}

/** The content that the tables must have after these answers, computed without the tables. */
export function expectDirectory(feed: Feed, answers: readonly StoredAnswer[]): ExpectedDirectory {
  const entries = new Map<string, { title: string; listed: boolean }>();
  const changes: string[] = [];
  const runs = new Map<string, ExpectedRun>();
  for (const { runId, people } of answers) {
    const counts = { inserted: 0, updated: 0, unchanged: 0, departed: 0 };
    const came = new Set(people.map(identityOf));
    for (const person of people) {
      const identity = identityOf(person);
      const known = entries.get(identity);
      entries.set(identity, { title: person.title, listed: true });
      if (!known) {
        counts.inserted += 1;
        continue;
      }
      const differing = [
        ...(known.title === person.title
          ? []
          : [changeLine(runId, identity, 'title', known.title, person.title)]),
        ...(known.listed ? [] : [changeLine(runId, identity, 'listed', false, true)]),
      ];
      changes.push(...differing);
      counts[differing.length > 0 ? 'updated' : 'unchanged'] += 1;
    }
    for (const [identity, entry] of entries) {
      if (feed === 'sample' || came.has(identity) || !entry.listed) continue;
      entries.set(identity, { ...entry, listed: false });
      changes.push(changeLine(runId, identity, 'listed', true, false));
      counts.departed += 1;
    }
    runs.set(runId, counts);
  }
  return { entries, changes, runs };
}
