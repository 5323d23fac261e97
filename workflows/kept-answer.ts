import type { FetchProvidersResult, OpenedRun, StagedPages } from '../src/contract/activities';
import { isFetchProvidersResult } from '../src/contract/results';
import { retryElsewhere } from './retry-elsewhere';
import { isForAnotherWorker } from './run-failure';
import { replayActivity } from './steps';
import type { Story } from './story';
import { invalidResult, takeResult } from './take-result';

/** The answer that an earlier run received and kept. It is read again, page after page, without a call. */
export class KeptAnswer {
  readonly unrecorded = [];
  readonly latestToken = null;

  constructor(
    private readonly run: OpenedRun,
    private readonly replayOf: string,
    private readonly story: Story,
  ) {}

  /** Reads one page again, see `PageSource`. */
  async fetchPage(after: StagedPages | null): Promise<FetchProvidersResult> {
    const { run, replayOf, story } = this;
    const page = (after?.pages ?? 0) + 1;
    story.now(`Reading the answer of run ${replayOf} again`);
    const { id: runId, temporalRunId, partner } = run;
    const input = { runId, temporalRunId, partner: partner.name, replayOf, ...(after && { after }) };
    const result = await retryElsewhere(
      ({ isFirst: allowEagerDispatch }) =>
        replayActivity(`Read page ${page} again`, { allowEagerDispatch }).replayProviders(input),
      (error) => isForAnotherWorker(error, run),
      () => story.waitingFor(partner.name),
    );
    const read = takeResult('replayProviders', result, isFetchProvidersResult, run);
    if (!('staged' in read)) {
      story.tell(`Read ${read.answer.received} records of run ${replayOf} again`);
    } else if (read.staged.pages === page) {
      story.paged(read.staged);
    } else {
      throw invalidResult('The result of replayProviders belongs to another page.');
    }
    return read;
  }
}
