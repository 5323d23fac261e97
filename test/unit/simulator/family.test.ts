import fc from 'fast-check';
import { ExpectedError } from '../../../src/process/expected-error';
import { clinicianAt } from '../../../src/simulator/family/clinicians';
import { ENCODERS } from '../../../src/simulator/family/encode';
import { FAMILY } from '../../../src/simulator/family/family';
import {
  changeMemberSettings,
  defaultSettings,
  type MemberSettings,
} from '../../../src/simulator/family/member-settings';
import { PageScenario } from '../../../src/simulator/family/page-script';
import { PAGE_STEPS } from '../../../src/simulator/family/page-steps';
import { readPlace, writePlace } from '../../../src/simulator/family/paging';

const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });

describe('the clinicians', () => {
  it('have different numbers and names, far into the list and for any seed', () => {
    fc.assert(
      fc.property(seeds, fc.nat(950_000), (seed, start) => {
        const some = Array.from({ length: 5000 }, (_, index) => clinicianAt(seed, start + index * 10));
        expect(new Set(some.map(({ npi }) => npi)).size).toBe(some.length);
        const names = some.map(({ given, family }) => `${given.join(' ')}|${family}`.normalize('NFKC'));
        expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(some.length);
      }),
      { numRuns: 20 },
    );
  });

  it('have ten digits with a valid check digit, as the national provider identifier', () => {
    fc.assert(
      fc.property(seeds, fc.nat(999_999), (seed, index) => {
        const { npi } = clinicianAt(seed, index);
        expect(npi).toMatch(/^[12]\d{9}$/);
        expect(luhn(`80840${npi}`)).toBe(0);
      }),
    );
  });

  it('are the same for the same seed, and others for another', () => {
    expect(clinicianAt(3, 12)).toEqual(clinicianAt(3, 12));
    expect(clinicianAt(3, 12)).not.toEqual(clinicianAt(4, 12));
  });
});

describe('the formats', () => {
  const source = {
    records: () => [
      { a: 'x,"y"', b: 'ü\nz' },
      { a: '', b: '1' },
    ],
    fields: ['a', 'b'],
    envelope: (records: unknown) => ({ before: 1, list: records as never, after: ']' }),
  };
  it.each([
    ['json', '{"before":1,"list":[{"a":"x,\\"y\\"","b":"ü\\nz"},{"a":"","b":"1"}],"after":"]"}'],
    ['ndjson', '{"a":"x,\\"y\\"","b":"ü\\nz"}\n{"a":"","b":"1"}\n'],
    ['csv', 'a,b\r\n"x,""y""","ü\nz"\r\n,1\r\n'],
  ] as const)('%s', (format, text) => {
    expect([...ENCODERS[format](source)].join('')).toBe(text);
  });

  it('lines', () => {
    expect([...ENCODERS.lines({ ...source, records: () => ['a', 'b'] })].join('')).toBe('a\nb\n');
  });
});

describe('the paging', () => {
  const settings: MemberSettings = { ...defaultSettings(FAMILY.acme), records: 95, pageSize: 10 };
  const { paging } = FAMILY.acme;

  it.each(['link', 'header', 'cursor', 'page', 'offset'] as const)(
    'of kind %s reads what it writes',
    (kind) => {
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 100 }), (number, size) => {
          const place = { number, start: (number - 1) * size, size };
          const written = writePlace(paging, { ...settings, paging: kind }, place);
          const query = new URLSearchParams(new URLSearchParams(written).toString());
          expect(readPlace(paging, { ...settings, paging: kind }, query)).toEqual(place);
        }),
      );
    },
  );

  it.each([
    ['page', 'page_token=0'],
    ['page', 'page_token=x'],
    ['offset', 'page_token=-1'],
    ['cursor', 'page_token=YWZ0ZXI'],
    ['link', 'page_size=0'],
  ] as const)('of kind %s refuses %s', (kind, query) => {
    expect(readPlace(paging, { ...settings, paging: kind }, new URLSearchParams(query))).toBeUndefined();
  });

  it('of the registry has at most 200 records after at most 1000 others', () => {
    const registry = { ...defaultSettings(FAMILY.nppes), records: 5000 };
    const read = (query: string) => readPlace(FAMILY.nppes.paging, registry, new URLSearchParams(query));
    expect(read('limit=500&skip=200')).toEqual({ number: 2, start: 200, size: 200 });
    expect(read('limit=200&skip=1400')).toEqual({ number: 6, start: 1000, size: 200 });
    expect(read('')).toEqual({ number: 1, start: 0, size: 10 });
  });
});

describe('the settings of a partner', () => {
  const before = defaultSettings(FAMILY.county);

  it('change only where a change is given', () => {
    const change = { records: 5, rates: { providers: { cut: 0.5 } } };
    expect(changeMemberSettings(before, change)).toEqual({
      ...before,
      records: 5,
      rates: { auth: {}, providers: { cut: 0.5 } },
    });
  });

  it.each([
    [{ records: 1_000_001 }, /records/],
    [{ recods: 1 }, /recods/],
    [{ paging: 'link' }, /a body in csv has no place for a link/],
    [{ rates: { auth: { shortPage: 1 } } }, /shortPage.*for \/providers, not for \/auth/],
    [null, /expected object/],
  ])('cannot be %j', (change, reason) => {
    expect(() => changeMemberSettings(before, change)).toThrow(ExpectedError);
    expect(() => changeMemberSettings(before, change)).toThrow(reason);
  });
});

describe('a script', () => {
  const settings = defaultSettings(FAMILY.acme);

  it('applies to its page, then that of the endpoint to any, then the rates', () => {
    const scenario = new PageScenario();
    scenario.script({ endpoint: 'providers', page: 3, steps: ['cut', { fault: 'shortPage', count: 2 }] });
    scenario.script({ endpoint: 'providers', steps: ['html'] });
    expect(scenario.scripted).toEqual({ 'providers 3': 2, providers: 1 });
    const steps = [3, 1, 3, 3, 2].map((page) => scenario.nextStep('providers', page, settings).fault);
    expect(steps).toEqual(['cut', 'html', 'shortPage', 'ok', 'ok']);
    const broken = { ...settings, rates: { auth: {}, providers: { error500: 1 } } };
    expect(scenario.nextStep('providers', 1, broken).fault).toBe('error500');
  });

  it.each([
    [{ endpoint: 'auth', steps: ['repeatLink'] }, /repeatLink.*for \/providers/],
    [{ endpoint: 'providers', steps: ['explode'] }, /no such fault/],
    [{ endpoint: 'providers', page: 0, steps: [] }, /page/],
  ])('cannot be %j', (script, reason) => {
    expect(() => new PageScenario().script(script)).toThrow(reason);
  });

  it('has a meaning for each step', () => {
    for (const { meaning } of Object.values(PAGE_STEPS)) expect(meaning).toMatch(/^\S.*[^.]$/);
  });
});

/** The remainder of Luhn's sum, 0 if the check digit is right. */
function luhn(digits: string): number {
  return (
    [...digits].reverse().reduce((sum, digit, place) => {
      const value = Number(digit) * (place % 2 === 1 ? 2 : 1);
      return sum + (value > 9 ? value - 9 : value);
    }, 0) % 10
  );
}
