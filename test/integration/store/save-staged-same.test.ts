import fc from 'fast-check';
import type { RejectedRecord } from '../../../src/contract/answer';
import { placeRejections } from '../../../src/partner/answer/rejected-person';
import { saveSync } from '../../../src/store/save/save-sync';
import type { IterableAnswer } from '../../../src/store/save/stage-providers';
import { createAnswerCheck } from '../../support/check-answer';
import { partnerWith } from '../../support/partners';
import { stagedSaves } from '../../support/staged-saves';
import type { PageRecord } from '../../support/staging';
import { openedRun, useStore } from '../../support/store-fixtures';
import { saveInput, storedRows } from '../../support/stored-rows';

describe('saveSync of staged pages', () => {
  const store = useStore();
  const { changes, directory } = storedRows(store);
  const { savePages, rejectedOf } = stagedSaves(store);

  it('gives the same directory, changes and counts as one answer, whatever the pages', async () => {
    const partner = partnerWith();
    const check = (list: readonly unknown[]) => {
      const checked = createAnswerCheck(partner)(list);
      return { ...checked, rejected: placeRejections(partner, checked.rejected) };
    };
    const name = fc.constantFrom('Ann', 'ANN', 'Bo', 'Cy', 'Dee', null);
    const record = fc.record({
      name_given: name,
      name_family: fc.constantFrom('Lee', 'Lee ', 'Moe'),
      title: fc.constantFrom('Dr.', 'dr.', 'NP'),
      clinic: fc.constantFrom('North', 'South'),
      npi: fc.constantFrom('1', 'a', 'A'),
    });
    const lists = fc.array(fc.array(record, { maxLength: 12 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(lists, lists, async (before, after) => {
        const whole = await runBoth([before, after], (pages) => [pages.flat()]);
        const paged = await runBoth([before, after], (pages) => pages);
        expect(paged).toEqual(whole);
      }),
      { numRuns: 25 },
    );

    /** Saves the lists one after the other, and returns what the store then holds. */
    async function runBoth(
      all: readonly (readonly unknown[][])[],
      split: (pages: readonly unknown[][]) => readonly unknown[][],
    ): Promise<unknown> {
      await store.clear();
      const results: unknown[] = [];
      for (const list of all) {
        const parts = split(list);
        const answer = check(parts.flat());
        if (answer.providers.length === 0) return null;
        if (parts.length === 1) {
          const runId = await openedRun(store.dataSource);
          const saved = await saveSync(store.dataSource, saveInput(runId, { feed: 'snapshot', answer }));
          results.push(saved, positions(answer.rejected));
        } else {
          const pages = parts.map((part) => part.map((one) => checkAlone(check, one)));
          const { runId, counts } = await savePages('snapshot', pages);
          results.push(counts, positions(await rejectedOf(runId)));
        }
      }
      const people = (await directory()).map(({ givenName, familyName, title, clinic, attributes, listed }) =>
        JSON.stringify([givenName, familyName, title, clinic, attributes, listed]),
      );
      const changed = (await changes()).map(({ field, before, after }) =>
        JSON.stringify([field, before, after]),
      );
      return [results, people.sort(), changed.sort()];
    }

    function positions(records: readonly Pick<RejectedRecord, 'position' | 'reason' | 'field'>[]): unknown[] {
      return records.map(({ position, reason, field }) => [position, reason, field]);
    }
  });

  function checkAlone(check: (list: readonly unknown[]) => IterableAnswer, record: unknown): PageRecord {
    const { providers, rejected } = check([record]);
    const [one] = [...providers, ...rejected];
    if (!one) throw new Error('The check returned nothing for a record');
    return one;
  }
});
