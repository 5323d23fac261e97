import { type AnswerHeaders, valuesOf } from '../call/answer-headers';

/** What the reading of a page depends on, beside its body. It may hold a secret of the partner, as a link does. */
export interface PageHead {
  /** The path, the query and the fragment of the address that was requested. */
  readonly address: string;
  readonly headers: AnswerHeaders;
}

/** Takes a copy of a page while it arrives. The page waits for it. */
export interface PageCopier {
  begin(head: PageHead): Promise<void>;
  /** @param chunk of the body, after decompression */
  add(chunk: Buffer): Promise<void>;
}

/** The headers that say where the next page is, how many records there are, and how texts are encoded. A page is read with these only. */
const READ_HEADERS = [
  'link',
  'x-next-page',
  'x-total-count',
  'x-total',
  'content-range',
  'content-type',
] as const;

export function pageHeadOf(url: URL, headers: AnswerHeaders): PageHead {
  const read = READ_HEADERS.map((name) => [name, valuesOf(headers, name)] as const);
  return {
    address: `${url.pathname}${url.search}${url.hash}`,
    headers: Object.fromEntries(read.filter(([, values]) => values.length > 0)),
  };
}

/** The body of a page, which is copied while it is read. */
export async function* copied(
  body: AsyncIterable<Buffer>,
  head: PageHead,
  copier: PageCopier,
): AsyncGenerator<Buffer> {
  await copier.begin(head);
  for await (const chunk of body) {
    await copier.add(chunk);
    yield chunk;
  }
}
