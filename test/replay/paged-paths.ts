import { until } from '../support/scenario';
import type { Path } from './path';
import { resetToLastActivity } from './reset-run';

const PAGES = { records: 20 } as const;
/** A run with six pages continues once. */
const CONTINUED = { records: 50, continuesAfter: 30, temporalRuns: 2 } as const;

/** The paths of runs whose answer has several pages. */
export const PAGED_PATHS: { readonly [name: string]: Path } = {
  paged: { paged: PAGES, ends: 'succeeded', calls: [1, 3] },
  'paged-repeated-after-cut': {
    paged: { ...PAGES, onPage: (page, nth) => (page === 2 && nth < 3 ? 'cut' : 'ok') },
    ends: 'succeeded',
    calls: [1, 5],
  },
  'paged-failed': {
    paged: { ...PAGES, onPage: (page) => (page === 2 ? 'error500' : 'ok') },
    ends: 'PartnerError',
    calls: [1, 4],
  },
  'paged-reauthenticated': {
    paged: { ...PAGES, onPage: (page, nth) => (page === 2 && nth === 1 ? 'expired' : 'ok') },
    ends: 'succeeded',
    calls: [2, 4],
  },
  'cancelled-in-page': {
    paged: {
      ...PAGES,
      onPage: (page) => (page === 2 ? 'hang' : 'ok'),
      async lead(_scenario, run, partner) {
        await until(() => partner.count(2) === 1);
        await run.cancel();
        return run;
      },
    },
    ends: 'cancelled',
    calls: [1, 2],
  },
  continued: { paged: CONTINUED, ends: 'succeeded', calls: [1, 6] },
  'continued-failed': {
    paged: { ...CONTINUED, onPage: (page) => (page === 6 ? 'error500' : 'ok') },
    ends: 'PartnerError',
    calls: [1, 8],
  },
  'reset-after-continuing': {
    paged: {
      ...CONTINUED,
      // That of the reset.
      temporalRuns: 1,
      onPage: (page, nth) => (page === 6 && nth === 1 ? 'hang' : 'ok'),
      async lead(scenario, { workflowId }, partner) {
        await until(() => partner.count(6) === 1);
        return resetToLastActivity(scenario, workflowId);
      },
    },
    ends: 'succeeded',
    calls: [2, 12],
  },
};
