import { type BackOff, pauseAfter } from '../../partner/config/back-off';

/** Enough for any probability; a schedule may have many more times. */
const MOST_RUNS = 1_000;

/** How many of some runs succeeded. */
export interface Successes {
  readonly succeeded: number;
  readonly ended: number;
}

/** Whether the data of a partner will probably still be fresh when the promise of today ends. */
export interface Forecast {
  /** The runs that end before: the one that is running, and those of the schedule. */
  readonly runs: number;
  /** The probability that at least one of them succeeds, from 0 to 1. */
  readonly chance: number;
  /** The latest runs that ended, at most 20. */
  readonly latest: Successes;
  /** Those of them that came after a failed one. */
  readonly afterFailure: Successes;
}

/** What a forecast is made from. */
export interface Prospects {
  /** Whether each of the latest runs succeeded, the latest first. */
  readonly outcomes: readonly boolean[];
  /** The end of the promise (ISO 8601, UTC). */
  readonly freshUntil: string;
  /** Milliseconds that a successful run takes. */
  readonly typicalMs: number;
  readonly isRunning: boolean;
  /** The next times of the schedule (ISO 8601, UTC). */
  readonly nextRunsAt: readonly string[];
  /** How the schedule slows down with each of them that fails; null if it does not. */
  readonly backOff: BackOff | null;
}

/**
 * The probability that a partner stays fresh: 1 - (1 - a) * (1 - b)^(runs - 1). Here a is the rate of success of the next
 * run, and b that of a run after a failed one: failures come together, when the partner has an outage. If the last run
 * failed, a is b; otherwise it is the rate of the latest runs. A rate is (succeeded + 1) / (ended + 2), so that a few
 * runs never make it 0 or 1.
 */
export function forecastOf(prospects: Prospects): Forecast {
  const { outcomes } = prospects;
  const latest = successesOf(outcomes);
  const afterFailure = successesOf(outcomes.filter((_, index) => outcomes[index + 1] === false));
  const runs = countRuns(prospects);
  const again = rateOf(afterFailure);
  const next = outcomes[0] === false ? again : rateOf(latest);
  const chance = runs === 0 ? 0 : 1 - (1 - next) * (1 - again) ** (runs - 1);
  return { runs, chance, latest, afterFailure };
}

/** For people, in two sentences. */
export function forecastInWords({ runs, chance, latest, afterFailure }: Forecast): string {
  if (runs === 0) return 'No scheduled sync ends before then.';
  const due = runs === 1 ? '1 sync ends before then' : `${runs.toLocaleString('en')} syncs end before then`;
  return `${due}. The chance that one of them succeeds is ${chanceInWords(chance)}: ${basisInWords(latest, afterFailure)}.`;
}

function basisInWords(latest: Successes, afterFailure: Successes): string {
  if (latest.ended === 1) return `the only sync so far ${latest.succeeded === 1 ? 'succeeded' : 'failed'}`;
  const again =
    afterFailure.ended > 0
      ? `, and after a failed one ${afterFailure.succeeded} of ${afterFailure.ended}`
      : '';
  return `of the last ${latest.ended} syncs ${latest.succeeded} succeeded${again}`;
}

/** A probability in words, never as certain. */
export function chanceInWords(chance: number): string {
  const percent = Math.round(chance * 100);
  if (percent > 99) return 'over 99 %';
  return percent < 1 ? 'under 1 %' : `about ${percent} %`;
}

function successesOf(outcomes: readonly boolean[]): Successes {
  return { succeeded: outcomes.filter((succeeded) => succeeded).length, ended: outcomes.length };
}

function rateOf({ succeeded, ended }: Successes): number {
  return (succeeded + 1) / (ended + 2);
}

/**
 * The runs that would start in time if all of them failed. Temporal names a few of the next times; the later ones are
 * taken to come as often.
 */
function countRuns(prospects: Prospects): number {
  const { outcomes, freshUntil, typicalMs, isRunning, nextRunsAt, backOff } = prospects;
  const latestStart = Date.parse(freshUntil) - typicalMs;
  const times = nextRunsAt.map((at) => Date.parse(at));
  const [first = Number.POSITIVE_INFINITY] = times;
  const usual =
    times.length > 1 ? ((times.at(-1) ?? first) - first) / (times.length - 1) : Number.POSITIVE_INFINITY;
  let runs = Number(isRunning);
  let failures = failuresInARow(outcomes) + runs;
  for (let at = first; at <= latestStart && runs < MOST_RUNS; ) {
    runs += 1;
    failures += 1;
    const due = at + pauseAfter(failures, usual, backOff);
    at = times.find((time) => time >= due - usual / 2) ?? due;
  }
  return runs;
}

function failuresInARow(outcomes: readonly boolean[]): number {
  const good = outcomes.indexOf(true);
  return good === -1 ? outcomes.length : good;
}
