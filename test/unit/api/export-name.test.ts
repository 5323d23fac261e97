import { parse } from 'content-disposition';
import { exportDisposition } from '../../../src/api/http/export-name';

const DAY = new Date('2026-11-27T23:59:59.000Z');

function headerOf(filter: object, name = 'providers'): string {
  return exportDisposition({ name, filter }, 'csv', DAY);
}

/** The name for clients that read the extended form, and the one for those that do not. */
function namesOf(filter: object, name?: string): { extended: string | undefined; plain: string | undefined } {
  const header = headerOf(filter, name);
  return {
    extended: parse(header).parameters.filename,
    plain: /filename="?([^";]*)"?/.exec(header)?.[1],
  };
}

it('names a saved list by its filter and the day', () => {
  expect(headerOf({})).toBe('attachment; filename=providers-2026-11-27.csv');
  expect(headerOf({ partner: 'riverbend', status: 'left', sort: 'name', title: undefined })).toBe(
    'attachment; filename=providers-riverbend-left-2026-11-27.csv',
  );
  expect(namesOf({ startedAfter: '2026-11-01T00:00:00.000Z', status: 'failed' }, 'syncs').plain).toBe(
    'syncs-since-2026-11-01-failed-2026-11-27.csv',
  );
  expect(namesOf({ runId: '0199d3a5-7c2f-7d4b-8e63-4a1b7d2c3e5f' }, 'rejected-records').plain).toBe(
    'rejected-records-run-0199d3a5-2026-11-27.csv',
  );
});

it('writes other letters in the extended form, and without accents in the plain one', () => {
  expect(namesOf({ clinic: 'Zürich – Höngg & Söhne' })).toEqual({
    extended: 'providers-zürich-höngg-söhne-2026-11-27.csv',
    plain: 'providers-zurich-hongg-sohne-2026-11-27.csv',
  });
  expect(namesOf({ search: '李' })).toEqual({
    extended: 'providers-李-2026-11-27.csv',
    plain: 'providers-2026-11-27.csv',
  });
});

it.each([
  ['a path', '../../etc/passwd'],
  ['another parameter', 'a"; filename="evil.exe'],
  ['another header', 'line\r\nSet-Cookie: a=b'],
  ['encoded signs', '%22%0d%0a'],
  ['a mark that turns the direction', '\u202eexe.scv'],
  ['half a character', '\ud800'],
  ['a long text', 'x'.repeat(1_000)],
  ['pictures', '\u{1f600}'.repeat(500)],
  ['letters of four bytes', '\u{20000}'.repeat(200)],
])('makes a short and safe name of %s', (_case, clinic) => {
  const { extended = '', plain = '' } = namesOf({ clinic, title: clinic });
  for (const name of [extended, plain]) {
    expect(name).toMatch(/^providers-([\p{L}\p{M}\p{N}]+-)*2026-11-27\.csv$/u);
    expect(Buffer.byteLength(name)).toBeLessThan(256);
  }
  expect(plain).toMatch(/^[\x20-\x7e]+$/);
});
