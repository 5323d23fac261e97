import type { IncomingMessage, ServerResponse } from 'node:http';
import { answer, send } from './answer';
import type { Family } from './family/create-family';
import type { NoteworthState } from './noteworth';
import { page } from './page';
import { STYLE } from './style';

/** Allows the page and its own style only. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const CONTENTS: Readonly<
  Record<
    string,
    {
      readonly type: string;
      readonly render: (state: NoteworthState, family: Family, origin: string) => string;
    }
  >
> = {
  '/': { type: 'text/html; charset=utf-8', render: page },
  '/style.css': { type: 'text/css; charset=utf-8', render: () => STYLE },
};

export function isSitePath(path: string): boolean {
  return Object.hasOwn(CONTENTS, path);
}

/** Answers a request of a browser with the page that shows the simulator, or with its style. */
export function site(
  state: NoteworthState,
  family: Family,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const content = CONTENTS[path];
  if (content === undefined) {
    send(response, answer(404));
    return;
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    send(response, answer(405, undefined, { Allow: 'GET, HEAD' }));
    return;
  }
  const origin = `http://${request.socket.localAddress}:${request.socket.localPort}`;
  send(
    response,
    answer(200, content.render(state, family, origin), {
      'Content-Type': content.type,
      'Content-Security-Policy': CONTENT_SECURITY_POLICY,
      'Cache-Control': 'no-store',
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
    }),
  );
}
