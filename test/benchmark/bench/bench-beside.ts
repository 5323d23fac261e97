import type { BenchOptions } from './bench-options';
import { FORMS } from './large/large-list';
import { SMALL } from './large/large-partner';
import { LargeStage } from './large/large-stage';
import { median, quantile } from './measure';
import { ms, type Report, times, whole } from './report';

const FEWEST = 40;

/** Compares the small sync of a partner alone with the same sync while another partner's large list is synced. */
export async function benchBeside({ sizes, log }: BenchOptions): Promise<Report> {
  const size = Math.max(...sizes);
  return LargeStage.with(log, async (stage) => {
    const { partner, store } = stage;
    [partner.list] = await stage.createLists(size);
    const rows: string[][] = [];
    for (const form of FORMS) {
      await store.dataSource.query('TRUNCATE providers, provider_changes');
      await stage.renewWorker();
      await stage.sync(form);
      await store.dataSource.query('VACUUM (ANALYZE)');
      const alone: number[] = [];
      while (alone.length < FEWEST) alone.push(await stage.sync(SMALL));
      const beside = await syncBeside(stage, form);
      rows.push([
        form,
        ms(median(alone)),
        ms(median(beside)),
        times(median(beside), median(alone)),
        ms(quantile(alone, 0.95)),
        ms(quantile(beside, 0.95)),
        times(quantile(beside, 0.95), quantile(alone, 0.95)),
        whole(beside.length),
      ]);
    }
    return {
      title: `A sync of ${partner.small} records beside one of ${whole(size)}`,
      notes: [
        'Milliseconds of a small sync, alone and while the same worker syncs the unchanged large list of another partner, one after the other.',
        'Temporal, Postgres, partners, worker and client share this machine.',
      ],
      headings: [
        '',
        'alone, median',
        'beside',
        'ratio (goal ≤ 2×)',
        'alone, p95',
        'beside',
        'ratio',
        'syncs',
      ],
      rows,
    };
  });
}

/** The durations of small syncs that began while a large one was running. */
async function syncBeside(stage: LargeStage, form: string): Promise<number[]> {
  const took: number[] = [];
  while (took.length < FEWEST) {
    let isRunning = true;
    const large = stage.sync(form).finally(() => {
      isRunning = false;
    });
    while (isRunning) took.push(await stage.sync(SMALL));
    await large;
  }
  return took;
}
