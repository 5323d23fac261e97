import { InvalidArgumentError, Option } from 'commander';
import { FAILURES, type FailureType } from '../contract/failures';
import { TRIGGERS } from '../contract/names';
import { RUN_STATUSES } from '../contract/run';
import { durationWithin } from '../partner/config/values';
import type { PageQuery, RunFilter } from '../store/lists/filters';
import { toTime } from './to-time';

/** The filters of runs as the command line has them. */
export interface RunOptions extends Pick<RunFilter, 'partner' | 'status' | 'trigger' | 'repeated'> {
  readonly cause?: FailureType;
  /** Milliseconds. */
  readonly longerThan?: number;
  /** Milliseconds. */
  readonly shorterThan?: number;
  /** ISO 8601, UTC. */
  readonly since?: string;
  readonly until?: string;
}

/** The options of the filters of runs. */
export function runFilters(): Option[] {
  return [
    new Option('--partner <name>', 'only runs of this partner'),
    new Option('--status <status>', 'only runs with this status').choices(RUN_STATUSES),
    new Option('--trigger <trigger>', 'only runs that this started').choices(TRIGGERS),
    new Option('--cause <failure>', 'only runs that failed for this cause').choices(Object.keys(FAILURES)),
    new Option('--repeated', 'only runs that needed more than one call to an endpoint, or for a page'),
    new Option('--no-repeated', 'only runs that repeated no call'),
    new Option('--longer-than <duration>', 'only runs that took this long or longer, such as 10s').argParser(
      toDuration,
    ),
    new Option('--shorter-than <duration>', 'only runs that took at most this long, such as 1m').argParser(
      toDuration,
    ),
    new Option(
      '--since <time>',
      'only runs that started since this time, such as 24h (ago) or 2026-03-01T00:00:00Z',
    ).argParser(toTime),
    new Option('--until <time>', 'only runs that started before this time').argParser(toTime),
  ];
}

/** The filter that the options mean. */
export function toRunQuery<T extends Partial<PageQuery>>({
  cause,
  longerThan,
  shorterThan,
  since,
  until,
  ...others
}: RunOptions & T) {
  return {
    ...others,
    failureType: cause,
    minDurationMs: longerThan,
    maxDurationMs: shorterThan,
    startedAfter: since,
    startedBefore: until,
  };
}

function toDuration(text: string): number {
  const { success, data } = durationWithin({ min: '1ms', max: '30d' }).safeParse(text);
  if (!success) throw new InvalidArgumentError('Write a duration such as 10s, 5m or 1h, at most 30d.');
  return data;
}
