import type { PartnerView } from '../../../src/operations/describe-partners';
import type { HealthReport } from '../../../src/operations/health/health';
import { headline } from '../../../src/web/components/headline';

const HEALTH = { status: 'ok', findings: [] } as unknown as HealthReport;

function fresh(name: string, status: 'succeeded' | 'failed'): PartnerView {
  const freshness = { isFresh: true, lastSucceededAt: '2026-01-02T03:04:05.000Z' };
  return { name, freshness, lastRun: { status } } as unknown as PartnerView;
}

describe('the headline of a fresh directory', () => {
  it.each([
    ['The directory is fresh', [fresh('one', 'succeeded'), fresh('two', 'succeeded')]],
    ['The directory is fresh, but the last sync failed', [fresh('one', 'failed')]],
    [
      'The directory is fresh, but the last sync of two failed',
      [fresh('one', 'succeeded'), fresh('two', 'failed')],
    ],
    [
      'The directory is fresh, but the last syncs of 2 partners failed',
      [fresh('one', 'failed'), fresh('two', 'failed')],
    ],
  ])('says: %s', (words, partners) => {
    expect(headline(HEALTH, partners)).toBe(words);
  });
});
