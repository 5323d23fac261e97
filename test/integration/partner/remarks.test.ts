import { ask } from '../../support/api';
import { runHere } from '../../support/command-here';
import { person, serving, TEN } from '../../support/people';
import { type Site, startSite } from '../../support/site';

let site: Site;

beforeAll(async () => {
  // partners.yaml has the wrong name `rank`: the partner calls that field `title`.
  const fields = { title: 'title', clinic: 'rank' };
  site = await startSite({
    partners: {
      noteworth: { fields, optional: ['title', 'clinic'], identity: ['name_given', 'name_family'] },
    },
  });
});
afterAll(() => site.close());
beforeEach(() => site.system.dataSource.query('TRUNCATE sync_runs, providers CASCADE'));

const sync = async (...records: unknown[]) =>
  (await site.system.sync({ providers: [serving(...records)] })).run;
const answer = async (envelope: object, headers: Record<string, string> = {}) => {
  const body = JSON.stringify({ ...envelope, providers: TEN });
  return (await site.system.sync({ providers: [{ fault: 'raw', headers, body }] })).run;
};
const without = (field: string) => TEN.map((one) => ({ ...one, [field]: undefined }));
const of = (
  run: { remarks: readonly { type: string; field: string | null; count: number | null }[] },
  type: string,
) => run.remarks.filter((remark) => remark.type === type).map(({ field, count }) => [field, count]);

const NEVER_SENT = 'partners.yaml names the field rank, which the partner has never sent.';

describe('the fields of an answer', () => {
  it('are reported as new or missing only in the run in which they appear or vanish', async () => {
    const npi = TEN.map((one) => ({ ...one, npi: 1 }));
    const runs = [];
    for (const records of [TEN, npi, npi, without('title'), without('title'), TEN]) {
      const { unknownFields, vanishedFields } = await sync(...records);
      runs.push([unknownFields, vanishedFields]);
    }
    expect(runs).toEqual([
      [['clinic'], []],
      [['npi'], []],
      [[], []],
      [[], ['title']],
      [[], []],
      [[], []],
    ]);
  });

  it('that no successful run ever had are reported in every run, as misnamed in partners.yaml', async () => {
    for (const run of [await sync(...TEN), await sync(...TEN)]) {
      expect(run.remarks).toEqual([
        { type: 'FieldNeverSent', field: 'rank', count: null, message: NEVER_SENT },
      ]);
      expect(run.vanishedFields).toEqual([]);
    }
    await sync(...TEN.map((one) => ({ ...one, rank: 'North' })));
    const gone = await sync(...TEN);
    expect([gone.vanishedFields, gone.remarks]).toEqual([['rank'], []]);
  });

  it('are reported in the same way if the answer cannot be used', async () => {
    await sync(...TEN);
    const run = await sync(...TEN.map(({ name_family, ...rest }) => ({ ...rest, surname: name_family })));
    expect(run).toMatchObject({
      status: 'failed',
      unknownFields: ['surname'],
      vanishedFields: ['name_family'],
      remarks: [{ type: 'FieldNeverSent', field: 'rank' }],
    });
  });

  it('are reported with advice by the API, the terminal, the page of the run and the overview', async () => {
    await sync(...TEN);
    const run = await sync(...without('title'));
    const html = { headers: { Accept: 'text/html' } };
    const { body } = await ask(site.api, `/api/v1/syncs/${run.id}`);
    expect(body).toMatchObject({ vanishedFields: ['title'], remarks: [{ message: NEVER_SENT }] });
    const shown = await runHere(['runs', 'show', run.id], { DATABASE_URL: site.system.databaseUrl });
    expect(shown.stdout).toMatch(/Missing fields +title\n/);
    expect(shown.stdout).toContain(NEVER_SENT);
    const page = await ask<string>(site.api, `/runs/${run.id}`, html);
    expect(page.body).toContain('<dt>Missing fields</dt><dd>title</dd>');
    expect(page.body).toContain(`<dt>Remarks</dt><dd>${NEVER_SENT}</dd>`);
    const overview = await ask<string>(site.api, '/', html);
    expect(overview.body).toContain('noteworth no longer sends: title.');
    expect(overview.body).toContain(NEVER_SENT);
    expect(overview.body).toContain('Check fields and identity in partners.yaml');
  });
});

describe('an answer that announces more records', () => {
  it('is stored, and the run reports it', async () => {
    const run = await answer({ total: 250, next: '/providers?page=2' });
    expect(run).toMatchObject({ status: 'succeeded', inserted: 10 });
    expect(run.remarks.map(({ message }) => message)).toEqual([
      NEVER_SENT,
      'The answer says that there are more pages (next), but only this one was read.',
      'The answer says that there are 250 records (total), but it held 10.',
    ]);
  });

  it('in a header is reported too', async () => {
    const run = await answer({}, { Link: '</providers?page=2>; rel="next"' });
    expect(of(run, 'MorePages')).toEqual([['Link', null]]);
  });

  it('is not reported if the announced number is the received one', async () => {
    const run = await answer({ total: 10, count: 10, next: null, hasMore: false });
    expect([of(run, 'MorePages'), of(run, 'TotalDiffers')]).toEqual([[], []]);
  });
});

describe('an answer that reports errors beside its records', () => {
  it('is stored, and the run reports it', async () => {
    const run = await answer({ errors: [{ message: 'a shard timed out' }] });
    expect(run).toMatchObject({ status: 'succeeded', inserted: 10 });
    expect(of(run, 'ErrorsReported')).toEqual([['errors', null]]);
    expect(JSON.stringify(run)).not.toContain('a shard');
  });
});

describe('texts that look garbled', () => {
  it('are counted by field, and stored as they were received', async () => {
    const garbled = [
      person('JosÃ©', { name_family: 'O&#39;Neil' }),
      person('José', { name_family: 'Smith &amp; Sons' }),
      person('Ã', { title: null, name_family: 'R&D; Clinic' }),
    ];
    const run = await sync(...garbled, ...TEN.slice(3));
    expect(of(run, 'HtmlEntities')).toEqual([['name_family', 2]]);
    expect(of(run, 'Mojibake')).toEqual([['name_given', 1]]);
    expect(JSON.stringify(run)).not.toMatch(/Neil|Sons/);
    const rows = await site.system.dataSource.query(
      `SELECT given_name, family_name FROM providers WHERE family_name LIKE '%&%' ORDER BY family_name`,
    );
    expect(rows).toEqual([
      { given_name: 'JosÃ©', family_name: 'O&#39;Neil' },
      { given_name: 'Ã', family_name: 'R&D; Clinic' },
      { given_name: 'José', family_name: 'Smith &amp; Sons' },
    ]);
  });
});
