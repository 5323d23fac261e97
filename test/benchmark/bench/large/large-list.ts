import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, gzipSync } from 'node:zlib';
import type { CheckedProvider } from '../../../../src/contract/answer';
import { bytesOf } from '../../../../src/simulator/family/streamed-answer';
import { copyLines } from '../bare-store';
import type { ManyPeople } from '../many-people';

/** How the partner sends its list: as one file, as one JSON list, or in pages. */
export const FORMS = ['ndjson', 'json', 'pages'] as const;
export type Form = (typeof FORMS)[number];
/** Also in the format of COPY, for the floor. */
export type Sent = Form | 'copy';

/** Records in a page. */
export const PAGE_RECORDS = 1_000;
/** The partner should cost little beside what is measured. */
const COMPRESSION = { level: 1 };

/** A list in every form, compressed before anything is measured. */
export class LargeList {
  private constructor(
    private readonly folder: string,
    private readonly list: 0 | 1,
    private readonly pages: readonly Buffer[],
  ) {}

  /** @param list see {@link ManyPeople.list} */
  static async create(folder: string, people: ManyPeople, list: 0 | 1): Promise<LargeList> {
    const pages = [...pagesOf(people.list(list))];
    const created = new LargeList(folder, list, pages);
    await created.write('copy', copyLines(people.list(list)));
    await created.write('ndjson', ndjson(people.list(list)));
    await created.write('json', json(people.list(list)));
    return created;
  }

  /** @param page from 1 */
  body(sent: Sent, page: number): Readable {
    if (sent !== 'pages') return createReadStream(this.path(sent));
    return Readable.from([this.pages[page - 1] ?? Buffer.alloc(0)]);
  }

  private async write(sent: Sent, pieces: Iterable<string>): Promise<void> {
    await pipeline(bytesOf(pieces), createGzip(COMPRESSION), createWriteStream(this.path(sent)));
  }

  private path(sent: Sent): string {
    return join(this.folder, `${sent}-${this.list}.gz`);
  }
}

/** Each page has the number of the next one; the last page has none. */
function* pagesOf(people: Iterable<CheckedProvider>): Generator<Buffer> {
  let page = 1;
  let records: object[] = [];
  const encode = (next: string | null) => gzipSync(JSON.stringify({ people: records, next }), COMPRESSION);
  for (const one of people) {
    if (records.length === PAGE_RECORDS) {
      page += 1;
      yield encode(String(page));
      records = [];
    }
    records.push(toRecord(one));
  }
  yield encode(null);
}

function* ndjson(people: Iterable<CheckedProvider>): Generator<string> {
  for (const one of people) yield `${JSON.stringify(toRecord(one))}\n`;
}

function* json(people: Iterable<CheckedProvider>): Generator<string> {
  let separator = '{"people":[';
  for (const one of people) {
    yield separator + JSON.stringify(toRecord(one));
    separator = ',';
  }
  yield ']}';
}

/** A record as a partner sends it, with an id of its own. */
function toRecord({ identityKey, givenName, familyName, title, clinic }: CheckedProvider): object {
  return { id: identityKey.slice(0, 16), given: givenName, family: familyName, title, clinic };
}
