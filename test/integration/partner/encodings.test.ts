import { pageHeadOf } from '../../../src/partner/page/page-head';
import { BODIES, type Format, failsAs, fetchPage, PageServer, PEOPLE } from '../../support/page-server';

const server = new PageServer();
beforeAll(() => server.start());
afterAll(() => server.close());

const FORMATS = Object.keys(BODIES) as Format[];
const text = (format: Format) => BODIES[format].toString();
const latin1 = (format: Format) => Buffer.from(text(format), 'latin1');
const utf16 = (format: Format) => Buffer.from(`\ufeff${text(format)}`, 'utf16le');

/** The names in an answer with this body and Content-Type. */
async function names(format: Format, body: Buffer, type?: string, encoding?: string) {
  server.answer = (response) => {
    if (type !== undefined) response.setHeader('Content-Type', type);
    response.end(body);
  };
  return (await fetchPage(server.client(format, {}, { encoding }))).names;
}

describe.each(FORMATS)('an answer of %s', (format) => {
  it('is read in UTF-16 with a mark, whatever is announced', async () => {
    expect(await names(format, utf16(format), 'text/plain; charset=ISO-8859-1')).toEqual(PEOPLE);
    expect(await names(format, Buffer.from(utf16(format)).swap16())).toEqual(PEOPLE);
  });

  it('is read in ISO-8859-1 if that is announced, or if the entry says so', async () => {
    expect(await names(format, latin1(format), 'text/html;charset="ISO-8859-1"')).toEqual(PEOPLE);
    expect(await names(format, latin1(format), undefined, 'windows-1252')).toEqual(PEOPLE);
  });

  it('is read in UTF-8 without a character set, and if another one is announced', async () => {
    expect(await names(format, BODIES[format], 'text/html')).toEqual(PEOPLE);
    expect(await names(format, BODIES[format], 'application/json; charset=ISO-8859-1')).toEqual(PEOPLE);
  });

  it('is refused if it is not UTF-8 and nothing says what it is', async () => {
    await expect(names(format, latin1(format))).rejects.toEqual(failsAs('IncompleteResponse'));
    await expect(names(format, latin1(format), 'text/plain; charset=koi8-r')).rejects.toThrow(
      'the body was not UTF-8; Content-Type announces koi8-r',
    );
  });
});

it('the character set is kept with the copy of a page', () => {
  const { headers } = pageHeadOf(new URL(server.url), { 'content-type': ['text/csv; charset=latin1'] });
  expect(headers['content-type']).toEqual(['text/csv; charset=latin1']);
});
