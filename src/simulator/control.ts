import type { IncomingMessage, ServerResponse } from 'node:http';
import { ExpectedError } from '../process/expected-error';
import { send } from './answer';
import { refusalOfOtherSite } from './other-sites';
import { readBody } from './read-body';

/** What a simulated partner lets other programs do. Each method throws an ExpectedError if it is asked wrongly. */
export interface Controllable {
  /** The state as JSON. It holds no token. */
  shown(): unknown;
  /** The steps left in each script, by endpoint, or by endpoint and page, such as `providers 3`. */
  planned(): Planned;
  configure(settings: unknown): void;
  script(script: unknown): void;
  /** Forgets calls, scripts and tokens; settings stay. */
  reset(): void;
}

/** The steps of the next calls, by endpoint, or by endpoint and page. */
export type Planned = Readonly<Record<string, readonly { readonly fault: string }[]>>;

const MAX_BODY_BYTES = 4 * 2 ** 20;

/** A refused request: its status and the reason. */
class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly status: number,
    readonly title: string,
    detail: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
  }
}

type Action = (partner: Controllable, body: unknown) => void;

/** The actions of each path, which follows the partner's base path. Each is answered with the state after it. */
const ACTIONS: Readonly<Record<string, Readonly<Record<string, Action>>>> = {
  '/control': {
    GET: () => {},
    PUT: (partner, body) => partner.configure(body),
  },
  '/control/script': { POST: (partner, body) => partner.script(body) },
  '/control/reset': { POST: (partner) => partner.reset() },
};

export function isControlPath(path: string): boolean {
  return Object.hasOwn(ACTIONS, path);
}

/** Answers a request to a control path in JSON; a refusal as problem details (RFC 9457). */
export async function control(
  partner: Controllable,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const action = actionFor(path, request);
    refuseOtherSites(request);
    action(partner, request.method === 'GET' ? undefined : await readJson(request));
    sendJson(response, 200, 'application/json', partner.shown());
  } catch (error) {
    const refusal =
      error instanceof ExpectedError ? new Refusal(400, 'Not understood', error.message) : error;
    if (!(refusal instanceof Refusal)) throw error;
    const { status, title, message: detail, headers } = refusal;
    const problem = { type: 'about:blank', title, status, detail };
    // The rest of a refused body is not read: the connection closes after the answer.
    sendJson(response, status, 'application/problem+json', problem, { ...headers, Connection: 'close' });
  }
}

function actionFor(path: string, { method = '' }: IncomingMessage): Action {
  const actions = ACTIONS[path] ?? {};
  const action = Object.hasOwn(actions, method) ? actions[method] : undefined;
  if (action === undefined) {
    const allowed = Object.keys(actions).join(', ');
    throw new Refusal(405, 'Method not allowed', `${path} takes ${allowed}.`, { Allow: allowed });
  }
  return action;
}

/** A browser must not control the simulator for a page of another site, whose form cannot send JSON. */
function refuseOtherSites({ headers, method }: IncomingMessage): void {
  const reason = refusalOfOtherSite(headers);
  if (reason !== null) throw new Refusal(403, 'Forbidden', reason);
  if (method !== 'GET' && !/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '')) {
    throw new Refusal(415, 'Unsupported media type', 'Send the Content-Type application/json.');
  }
}

/** The body as JSON; undefined if it is empty. */
async function readJson(request: IncomingMessage): Promise<unknown> {
  const text = await readBody(request, MAX_BODY_BYTES);
  if (text === undefined) {
    throw new Refusal(413, 'Content too large', `Send at most ${MAX_BODY_BYTES} bytes.`);
  }
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Refusal(400, 'Not understood', `The body is not JSON: ${(error as SyntaxError).message}.`);
  }
}

function sendJson(
  response: ServerResponse,
  status: number,
  contentType: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  send(response, {
    status,
    headers: {
      'Content-Type': contentType,
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      ...headers,
    },
    body: `${JSON.stringify(body, null, 2)}\n`,
  });
}
