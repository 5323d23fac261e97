import { FAILURES } from '../../contract/failures';
import { TRIGGERS } from '../../contract/names';
import { RUN_STATUSES } from '../../contract/run';
import { TRIGGER_WORDS } from '../../contract/trigger-words';
import { durationInWords } from '../../partner/config/values';
import type { RunFilter } from '../../store/lists/filters';
import { PERIODS, type Period } from '../periods';
import { FilterForm, PartnerSelect } from './filter-form';
import { Select } from './select';

/** The filter of the page; a period stands for the time at which it began. */
export interface RunsQuery extends RunFilter {
  readonly started?: Period | undefined;
}

interface RunFiltersProps {
  readonly query: RunsQuery;
  readonly partners: readonly string[];
}

const LONG_MS = [10_000, 60_000, 300_000, 900_000, 3_600_000];
const SHORT_MS = [1_000, 10_000, 60_000, 300_000];

/** The filters of runs. Those that are rarely used are folded away. */
export function RunFilters({ query, partners }: RunFiltersProps) {
  const { startedAfter, startedBefore, minDurationMs, maxDurationMs } = query;
  const isMoreUsed = maxDurationMs !== undefined || query.trigger !== undefined;
  return (
    <FilterForm
      path="/runs"
      list="runs"
      others={{
        startedAfter: [startedAfter, `those since ${startedAfter}`],
        startedBefore: [startedBefore, `those before ${startedBefore}`],
      }}
    >
      <Select name="started" label="Started" value={query.started} options={PERIOD_OPTIONS} none="Any time" />
      <Select name="status" label="Status" value={query.status} options={RUN_STATUSES.map(optionOf)} />
      <PartnerSelect partners={partners} value={query.partner} />
      <Select name="failureType" label="Cause" value={query.failureType} options={CAUSES} />
      <Select name="repeated" label="Repeats" value={query.repeated?.toString()} options={REPEATS} />
      <Select
        name="minDurationMs"
        label="Duration"
        value={minDurationMs?.toString()}
        options={durations(LONG_MS, minDurationMs, (words) => `${words} or longer`)}
      />
      <details class="more-filters" open={isMoreUsed}>
        <summary>More filters</summary>
        <div class="filters">
          <Select
            name="maxDurationMs"
            label="Took at most"
            value={maxDurationMs?.toString()}
            options={durations(SHORT_MS, maxDurationMs, (words) => words)}
          />
          <Select name="trigger" label="Started by" value={query.trigger} options={STARTERS} />
        </div>
      </details>
    </FilterForm>
  );
}

const PERIOD_OPTIONS = Object.entries(PERIODS).map(([name, { label }]) => [name, label] as const);
const CAUSES = Object.entries(FAILURES).map(([name, { title }]) => [name, `${name}: ${title}`] as const);
const STARTERS = TRIGGERS.map((trigger) => [trigger, TRIGGER_WORDS[trigger]] as const);
const REPEATS = [
  ['true', 'Needed a repeat'],
  ['false', 'No repeat'],
] as const;

function optionOf(name: string): readonly [string, string] {
  return [name, name];
}

/** The usual durations, and the chosen one. */
function durations(
  usual: readonly number[],
  chosen: number | undefined,
  describe: (words: string) => string,
): [value: string, text: string][] {
  return [...new Set([...usual, chosen ?? []].flat())]
    .sort((a, b) => a - b)
    .map((ms) => [String(ms), describe(durationInWords(ms))]);
}

/** The filter as paper shows it. */
export function inWords({ started, trigger, minDurationMs, maxDurationMs, ...query }: RunsQuery): object {
  return {
    ...query,
    ...(started && { started: PERIODS[started].label }),
    ...(trigger && { trigger: TRIGGER_WORDS[trigger] }),
    ...(minDurationMs !== undefined && { minDurationMs: durationInWords(minDurationMs) }),
    ...(maxDurationMs !== undefined && { maxDurationMs: durationInWords(maxDurationMs) }),
  };
}
