import fc from 'fast-check';
import { ENDPOINTS } from '../../../src/contract/call';
import { ExpectedError } from '../../../src/process/expected-error';
import { CallLog } from '../../../src/simulator/call-log';
import { createFamily } from '../../../src/simulator/family/create-family';
import { DEFAULT_RATES, STEPS } from '../../../src/simulator/faults';
import { PEOPLE } from '../../../src/simulator/people';
import { sample, seededRandom } from '../../../src/simulator/random';
import { Scenario } from '../../../src/simulator/scenario';
import { checksum } from '../../../src/simulator/simulated-partner';
import { html } from '../../../src/simulator/site/html';
import { page } from '../../../src/simulator/site/page';
import type { SeenRuns } from '../../../src/simulator/site/run-lookup';
import { drawStep, planStep } from '../../../src/simulator/step-table';

describe('the seeded sequence', () => {
  it('repeats for the same seed and differs for another', () => {
    const draw = (seed: number) => Array.from({ length: 20 }, seededRandom(seed));
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  it('stays at least 0 and below 1', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = seededRandom(seed);
        return Array.from({ length: 50 }, random).every((number) => number >= 0 && number < 1);
      }),
    );
  });

  it('samples different items, at most all of them', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer()), fc.nat(50), fc.integer(), (items, count, seed) => {
        const drawn = sample(items, count, seededRandom(seed));
        expect(drawn).toHaveLength(Math.min(count, items.length));
        expect(new Set(drawn).size).toBe(drawn.length);
        expect(items).toEqual(expect.arrayContaining(drawn));
      }),
    );
  });
});

describe('the rates', () => {
  it.each(ENDPOINTS)('hold for /%s over many draws', (endpoint) => {
    const draws = 20_000;
    const random = seededRandom(1);
    const counts: Record<string, number> = {};
    for (let draw = 0; draw < draws; draw += 1) {
      const name = drawStep(DEFAULT_RATES[endpoint], random);
      counts[name] = (counts[name] ?? 0) + 1;
    }
    const faults = Object.values(DEFAULT_RATES[endpoint]).reduce((sum, rate) => sum + rate, 0);
    for (const [name, rate] of Object.entries({ ...DEFAULT_RATES[endpoint], ok: 1 - faults })) {
      // Five standard deviations.
      const tolerance = 5 * Math.sqrt((rate * (1 - rate)) / draws);
      expect(Math.abs((counts[name] ?? 0) / draws - rate)).toBeLessThan(tolerance);
    }
    expect(Object.keys(counts)).toHaveLength(Object.keys(DEFAULT_RATES[endpoint]).length + 1);
  });

  it('can make the outcome certain', () => {
    const random = seededRandom(1);
    expect(drawStep({}, random)).toBe('ok');
    expect(drawStep({ cut: 1 }, random)).toBe('cut');
  });
});

describe('a scenario', () => {
  const draw = (scenario: Scenario) =>
    Array.from({ length: 30 }, () => ENDPOINTS.map((endpoint) => scenario.nextStep(endpoint).fault));

  it('repeats for the same seed, also after the seed is set again', () => {
    const scenario = new Scenario();
    scenario.configure({ seed: 42 });
    const first = [draw(scenario), scenario.drawRecords()];
    expect([draw(scenario), scenario.drawRecords()]).not.toEqual(first);
    scenario.configure({ seed: 42 });
    expect([draw(scenario), scenario.drawRecords()]).toEqual(first);
  });

  it('follows the latest script first, and then the rates', () => {
    const scenario = new Scenario();
    scenario.configure({ rates: { auth: { error500: 1 } } });
    scenario.script('auth', ['reset', 'reset']);
    scenario.script('auth', ['ok', { fault: 'slow', delayMs: 5 }]);
    expect(scenario.scripted).toEqual({ auth: 2, providers: 0 });
    expect([1, 2, 3].map(() => scenario.nextStep('auth').fault)).toEqual(['ok', 'slow', 'error500']);
  });

  it('keeps the earlier script if a step of the new one is wrong', () => {
    const scenario = new Scenario();
    scenario.script('auth', ['reset']);
    expect(() => scenario.script('auth', ['ok', 'noList'])).toThrow(ExpectedError);
    expect(scenario.scripted.auth).toBe(1);
  });

  it('changes only the settings that are given', () => {
    const scenario = new Scenario();
    const before = scenario.settings;
    scenario.configure({ hangMs: 5, rates: { providers: { cut: 0.5, hang: 0.5 } }, seed: undefined });
    expect(scenario.settings).toEqual({
      ...before,
      hangMs: 5,
      rates: { auth: before.rates.auth, providers: { cut: 0.5, hang: 0.5 } },
    });
  });

  it.each([
    [{ hangMs: -1 }, /hangMs/],
    [{ hangMs: '30' }, /hangMs/],
    [{ recordsPerAnswer: 1.5 }, /recordsPerAnswer/],
    [{ people: {} }, /people: must be a list/],
    [{ speed: 1 }, /speed/],
    [{ rates: { auth: { hang: 0.7, error500: 0.4 } } }, /rates\.auth: the rates add up to 1\.1/],
    [{ rates: { auth: { hang: 2 } } }, /rates\.auth\.hang/],
    [{ rates: { auth: { ok: 0.5 } } }, /rates\.auth\.ok: follows from the other rates/],
    [{ rates: { auth: { hungry: 0.5 } } }, /rates\.auth\.hungry: .*no such fault/],
    [{ rates: { auth: { noList: 0.5 } } }, /noList.*for \/providers, not for \/auth/],
    [{ rates: { providers: { records: 0.5 } } }, /rates\.providers\.records: .*must be a list/],
    [{ rates: { other: {} } }, /other/],
    [null, /expected object/],
  ])('refuses the settings %j with a reason', (change, reason) => {
    const scenario = new Scenario();
    const before = scenario.settings;
    const configure = () => scenario.configure(change as object);
    expect(configure).toThrow(ExpectedError);
    expect(configure).toThrow(reason);
    expect(scenario.settings).toEqual(before);
  });
});

describe('a step', () => {
  it.each([
    ['auth', 'explode', /no such fault; the names are ok, slow, hang/],
    ['auth', { fault: 'hang', hangMs: 'long' }, /"hang" for \/auth.*hangMs/],
    ['auth', { fault: 'hang', hangMS: 1 }, /hangMS/],
    ['providers', 'noToken', /exists for \/auth, not for \/providers/],
    ['providers', 'status', /status/],
    ['providers', { fault: 'status', status: 99 }, /status/],
    ['providers', { fault: 'raw', headers: { 'a b': 'c' } }, /headers\.a b/],
    ['providers', { fault: 'redirect', location: 'a\r\nb: c' }, /header value/],
    ['providers', { fault: 'huge', bytes: 1 }, /bytes/],
    ['providers', null, /expected object/],
  ] as const)('of /%s as %j is refused with the reason', (endpoint, step, reason) => {
    expect(() => planStep(STEPS, endpoint, step)).toThrow(ExpectedError);
    expect(() => planStep(STEPS, endpoint, step)).toThrow(reason);
  });
});

describe('the people', () => {
  it('are about sixty in ten clinics, all different', () => {
    const identities = PEOPLE.map(({ name_given, name_family, clinic }) =>
      [name_given, name_family, clinic].join('|').normalize('NFKC').toLowerCase(),
    );
    expect(new Set(identities).size).toBe(PEOPLE.length);
    expect(PEOPLE.length).toBeGreaterThanOrEqual(60);
    expect(new Set(PEOPLE.map(({ clinic }) => clinic)).size).toBe(10);
    expect(new Set(PEOPLE.map(({ title }) => title))).toEqual(new Set(['Dr.', 'PA', 'NP']));
  });

  it('have apostrophes, hyphens, combining marks and many scripts in their names', () => {
    const names = PEOPLE.map(({ name_given, name_family }) => `${name_given} ${name_family}`).join('\n');
    for (const pattern of [
      /'/,
      /’/,
      /-/,
      /\p{Mark}/u,
      /[\u{10000}-\u{10ffff}]/u,
      /\p{Script=Han}/u,
      /\p{Script=Hangul}/u,
      /\p{Script=Katakana}/u,
      /\p{Script=Arabic}/u,
      /\p{Script=Hebrew}/u,
      /\p{Script=Cyrillic}/u,
      /\p{Script=Greek}/u,
      /\p{Script=Devanagari}/u,
    ]) {
      expect(names).toMatch(pattern);
    }
  });
});

describe('the log of calls', () => {
  it('counts all calls and keeps the last', () => {
    const log = new CallLog(2);
    for (const path of ['/auth?1', '/auth?2', '/auth?3']) {
      log.begin({ endpoint: 'auth', method: 'GET', path, fault: 'hang' })(408, 'answered');
    }
    expect(log.calls.map(({ path }) => path)).toEqual(['/auth?2', '/auth?3']);
    expect(log.calls[0]).toMatchObject({ status: 408, ended: 'answered', durationMs: expect.any(Number) });
    expect(log.counts).toEqual({ auth: { hang: 3 }, providers: {} });
    log.clear();
    expect([log.calls, log.counts]).toEqual([[], { auth: {}, providers: {} }]);
  });
});

describe('the checksum', () => {
  it("is the partner's", () => {
    expect(checksum('12345', '/providers')).toBe(
      'bf6fa075e6d928d530fd4516e1671526ff1fe7f953209f0941553927bf16e9f8',
    );
  });
});

describe('the page', () => {
  const scenario = new Scenario();
  const family = createFamily(10);
  const hostile = `/auth?"><script>alert('1')</script>&amp;`;
  const markupOf = (paths: readonly string[], runs: SeenRuns | null = null) => {
    const log = new CallLog(10);
    for (const path of paths) log.begin({ endpoint: 'auth', method: 'GET', path, fault: 'none' });
    const { settings, scripted, planned } = scenario;
    const state = { settings, scripted, hasToken: false, counts: log.counts, calls: log.calls };
    return page({ state, planned, family, runs, trouble: null });
  };

  it('escapes text of callers', () => {
    const markup = markupOf([hostile]);
    expect(markup).not.toContain('<script>');
    expect(markup).toContain('/auth?&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;');
  });

  it('shows the rates, every fault, and that there are no calls yet', () => {
    const markup = markupOf([]);
    expect(markup.replaceAll('\u00a0', ' ')).toContain('60 % normal, 30 % hang, 10 % fail (500)');
    expect(markup).toContain('No calls yet.');
    expect(markup).toContain('Waits <code>delayMs</code>, then');
    for (const name of Object.keys(STEPS)) expect(markup).toContain(`<dt><code>${name}</code></dt><dd>`);
  });

  it('shows what is planned, and counts equal answers', () => {
    scenario.script('auth', ['hang', 'hang', 'error500']);
    const markup = markupOf([]);
    scenario.clearScripts();
    expect(markup).toContain('<li>Hang × 2</li><li>Fail (500)</li>');
  });

  it('links a call to the run that made it', () => {
    const at = (offset: number) => new Date(Date.now() + offset).toISOString();
    const run = { id: 'the-run', partner: 'noteworth', status: 'running', trigger: 'cli', finishedAt: null };
    const seen = (change: object): SeenRuns => ({
      pages: 'http://127.0.0.1:3000',
      trouble: null,
      runs: [{ ...run, startedAt: at(-5_000), ...change }],
    });
    const link = /id="run-of-noteworth-1" href="http:\/\/127\.0\.0\.1:3000\/runs\/the-run"/;
    expect(markupOf(['/auth'], seen({}))).toMatch(link);
    for (const other of [
      { partner: 'acme' },
      { status: 'skipped' },
      { trigger: 'replay' },
      { startedAt: at(60_000) },
      { status: 'succeeded', finishedAt: at(-1_000) },
    ]) {
      expect(markupOf(['/auth'], seen(other))).not.toMatch(link);
    }
  });

  it('has neither scripts nor styles inline', () => {
    expect(markupOf(['/auth'])).not.toMatch(
      /<script(?! src="\/page\.js" defer><\/script>)|<style|\sstyle=|\son\w+=/,
    );
  });

  it('never shows text as markup', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(html`${text}`.markup).not.toMatch(/[<>"']|&(?!(amp|lt|gt|quot|#39);)/);
      }),
    );
  });
});
