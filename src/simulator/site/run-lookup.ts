import { z } from 'zod';

const WITHIN_MS = 1_500;
const MAX_BYTES = 2 ** 20;
/** Several open pages share one request. */
const FRESH_MS = 800;
const LATEST = 50;

const listSchema = z.object({
  items: z.array(
    z.object({
      id: z.string().regex(/^[\w-]{1,100}$/),
      partner: z.string(),
      status: z.string(),
      trigger: z.string(),
      startedAt: z.iso.datetime(),
      finishedAt: z.iso.datetime().nullable(),
    }),
  ),
});

/** A run as the API of Provider Sync lists it. */
type SeenRun = z.output<typeof listSchema>['items'][number];

/** The latest runs, or why they are unknown. */
export interface SeenRuns {
  /** The address of Provider Sync's pages. */
  readonly pages: string;
  readonly runs: readonly SeenRun[];
  readonly trouble: string | null;
}

/** Reads the latest runs from the API of Provider Sync, so that the page can say which run made a call. */
export class RunLookup {
  private latest: { readonly at: number; readonly seen: Promise<SeenRuns> } | undefined;

  /** @param pages the address of Provider Sync's pages, without a slash at the end */
  constructor(readonly pages: string) {}

  read(): Promise<SeenRuns> {
    if (this.latest === undefined || Date.now() - this.latest.at > FRESH_MS) {
      this.latest = { at: Date.now(), seen: this.ask() };
    }
    return this.latest.seen;
  }

  private async ask(): Promise<SeenRuns> {
    const { pages } = this;
    try {
      const response = await fetch(`${pages}/api/v1/syncs?limit=${LATEST}`, {
        headers: { Accept: 'application/json' },
        redirect: 'error',
        signal: AbortSignal.timeout(WITHIN_MS),
      });
      if (!response.ok) return { pages, runs: [], trouble: `it answered ${response.status}` };
      const { items } = listSchema.parse(JSON.parse(await readLimited(response)));
      return { pages, runs: items, trouble: null };
    } catch (error) {
      return { pages, runs: [], trouble: reasonOf(error) };
    }
  }
}

/** The run that made a call to a partner at this time, if it is known: a partner has one running run at a time. */
export function runAt({ runs }: SeenRuns, partner: string, at: number): SeenRun | undefined {
  return runs.find(
    (run) =>
      run.partner === partner &&
      run.status !== 'skipped' &&
      run.trigger !== 'replay' &&
      Date.parse(run.startedAt) <= at &&
      (run.finishedAt === null || at <= Date.parse(run.finishedAt)),
  );
}

async function readLimited({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new RangeError('too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError || error instanceof SyntaxError) return 'its answer is not a list of runs';
  if (error instanceof RangeError) return 'its answer is too large';
  const isLate = error instanceof DOMException && error.name === 'TimeoutError';
  return isLate ? `it did not answer within ${WITHIN_MS / 1000} s` : 'it does not answer';
}
