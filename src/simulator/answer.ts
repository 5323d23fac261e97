import { type OutgoingHttpHeader, type ServerResponse, STATUS_CODES } from 'node:http';

/** The partner sends this content type even for JSON. */
const CONTENT_TYPE = 'text/html; charset=utf-8';

type AnswerHeaders = Readonly<Record<string, OutgoingHttpHeader>>;

/** An answer before it is sent, in full or in part. */
export interface Answer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly body: string | Buffer;
}

/** An answer in the partner's form. The default body is the status in words. */
export function answer(
  status: number,
  body: string | Buffer = STATUS_CODES[status] ?? '',
  headers: AnswerHeaders = {},
): Answer {
  return { status, headers: { 'Content-Type': CONTENT_TYPE, ...headers }, body };
}

/** Sets status and headers, without sending them. */
export function setHead(response: ServerResponse, { status, headers }: Omit<Answer, 'body'>): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
}

/** Sends the whole answer. Node adds the Content-Length if the headers have none. */
export function send(response: ServerResponse, given: Answer): void {
  setHead(response, given);
  response.end(given.body);
}
