import { stringify } from 'yaml';
import { killCommands } from '../support/command';
import { type PagedPartner, pagedEntry, personOf, startPagedPartner } from '../support/paged-partner';
import { partnersFile } from '../support/partners';
import { serving, TEN } from '../support/people';
import { inScenario, until } from '../support/scenario';
import { directory } from '../support/system';
import { useOpened } from '../support/use-opened';
import { startWorkerHereWithPartners, startWorkerWithPartners } from '../support/worker-with-partners';

/* A rolling restart that changes the entry of a partner in partners.yaml while a run is between two steps. */

const RECORDS = 25;
const EVERYONE = Array.from({ length: RECORDS }, (_, index) => personOf(index)).sort();

afterAll(killCommands);

describe('a partner whose entry changes', () => {
  const partner: PagedPartner = useOpened(
    () => startPagedPartner(RECORDS),
    ({ close }) => close(),
  );

  it(
    'is read with the new entry, if no page was read with the old one',
    inScenario({ providers: ['error500', serving(...TEN)] }, async (scenario) => {
      const before = await startWorkerHereWithPartners(
        scenario,
        partnersFile([['noteworth', { retryDelay: '5s' }]]),
      );
      const { result } = await scenario.startRun();
      await until(() => scenario.calls('providers') === 1);
      await before.stop();
      await startWorkerHereWithPartners(scenario, partnersFile([['noteworth', { ignore: ['npi'] }]]));
      expect(await result).toMatchObject({ status: 'succeeded', inserted: 10 });
      expect([scenario.calls('auth'), scenario.calls('providers')]).toEqual([1, 2]);
    }),
    300_000,
  );

  it(
    'waits between two pages for a worker with the old entry, so that all pages are read alike',
    inScenario({}, async (scenario) => {
      const entry = pagedEntry(partner.url);
      const fileWith = (changes: object) => stringify({ partners: { paged: { ...entry, ...changes } } });
      let answer = (): void => undefined;
      partner.onPage = (page, nth) =>
        page === 2 && nth === 1 ? new Promise((resolve) => (answer = () => resolve('ok'))) : 'ok';

      const before = await startWorkerWithPartners(scenario, fileWith({}));
      const handle = await scenario.client.workflow.start('syncProviders', {
        taskQueue: scenario.taskQueue,
        workflowId: scenario.taskQueue,
        args: [{ partner: 'paged' }],
      });
      await until(() => partner.count(2) === 1);
      await before.end('SIGKILL');
      answer();

      const changed = await startWorkerHereWithPartners(scenario, fileWith({ ignore: ['phone'] }));
      const waits = async () =>
        (await handle.fetchHistory()).events?.some((event) => event.timerStartedEventAttributes) ?? false;
      await until(waits);
      await changed.stop();
      await startWorkerHereWithPartners(scenario, fileWith({}));
      expect(await handle.result()).toMatchObject({ status: 'succeeded', inserted: RECORDS });
      expect(await directory(scenario.dataSource)).toEqual(EVERYONE);
      expect(partner.count(2)).toBe(2);
    }),
    300_000,
  );
});
