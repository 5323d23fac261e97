import type { Command } from 'commander';
import { type ComparedFacts, compareRuns } from '../store/runs/compare-runs';
import { explainDifference, shownValue } from '../store/runs/explain-compared';
import { findRunOrFail } from './find-run-or-fail';
import { say, table, writeJson } from './output';
import { shownTime } from './shown-time';
import { withStore } from './with-store';

/** `runs compare` */
export function compareRunsCommand(runs: Command): void {
  runs
    .command('compare')
    .description('compare two runs: results, times, calls, failures and fields')
    .argument('<a>', 'the id of a run, or its workflow ID')
    .argument('<b>', 'the run to compare it with')
    .option('--only-differences', 'leave out what is equal')
    .option('--json', 'print JSON')
    .action(compare);
}

interface CompareOptions {
  readonly onlyDifferences?: boolean;
  readonly json?: boolean;
}

function compare(a: string, b: string, { onlyDifferences = false, json }: CompareOptions): Promise<void> {
  return withStore(async (dataSource) => {
    const runs = { a: await findRunOrFail(dataSource, a), b: await findRunOrFail(dataSource, b) };
    const compared = compareRuns(runs.a, runs.b)
      .map(({ title, facts }) => ({
        title,
        facts: facts.filter(({ isDifferent }) => isDifferent || !onlyDifferences),
      }))
      .filter(({ facts }) => facts.length > 0);
    if (json) writeJson({ ...runs, compared });
    else say(compared.length > 0 ? compared.map(formatFacts).join('\n\n') : 'The runs do not differ.');
  });
}

function formatFacts({ title, facts }: ComparedFacts): string {
  return table(
    [title.toUpperCase(), 'A', 'B', 'DIFFERENCE'],
    facts.map((fact) => [
      fact.label,
      ...(['a', 'b'] as const).map((side) => {
        const value = fact[side];
        return fact.kind === 'time' && typeof value === 'string' ? shownTime(value) : shownValue(fact, side);
      }),
      explainDifference(fact) || '=',
    ]),
  );
}
