import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { ExpectedError } from '../../process/expected-error';
import { type Answer, answer, send } from '../answer';
import type { SimulatorParts } from '../answer-call';
import type { Controllable } from '../control';
import type { Family } from '../family/create-family';
import { noteworthState } from '../noteworth';
import { refusalOfOtherSite } from '../other-sites';
import { readBody } from '../read-body';
import { page } from './page';
import { FORMS } from './read-form';
import type { RunLookup } from './run-lookup';

/** What the page shows and changes. */
export interface SiteParts {
  readonly parts: SimulatorParts;
  readonly noteworth: Controllable;
  readonly family: Family;
  /** Null if the address of Provider Sync is not known. */
  readonly lookup: RunLookup | null;
}

/** Allows the page, its own style, script and forms only. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'",
  "base-uri 'none'; frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'Cache-Control': 'no-store',
  // With no referrer at all, browsers would hide the origin of our own forms.
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
};

const HTML = 'text/html; charset=utf-8';
const ASSETS: Readonly<Record<string, { readonly type: string; readonly body: Buffer }>> = {
  '/style.css': { type: 'text/css; charset=utf-8', body: readAsset('style.css') },
  '/page.js': { type: 'text/javascript; charset=utf-8', body: readAsset('page.js') },
};

/** A form has a few short fields. */
const MAX_FORM_BYTES = 4_096;

export function isSitePath(path: string): boolean {
  return path === '/' || Object.hasOwn(ASSETS, path) || isFormPath(path);
}

/** Whether the path takes a form. */
export function isFormPath(path: string): boolean {
  return Object.hasOwn(FORMS, path);
}

/** Answers a request of a browser: the page that shows the simulator, its style and script, and its forms. */
export async function site(
  parts: SiteParts,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = '' } = request;
  const isForm = isFormPath(path);
  const allowed = isForm ? ['POST'] : ['GET', 'HEAD'];
  if (!allowed.includes(method)) {
    send(response, answer(405, undefined, { Allow: allowed.join(', '), Connection: 'close' }));
    return;
  }
  if (isForm) {
    send(response, await takeForm(parts, path, request));
    return;
  }
  const asset = ASSETS[path];
  send(response, asset ? described(200, asset.type, asset.body) : await show(parts, 200));
}

/** Does what the form says, and leads back to the page. */
async function takeForm(parts: SiteParts, path: string, request: IncomingMessage): Promise<Answer> {
  const refusal = refusalOfOtherSite(request.headers);
  if (refusal !== null) return answer(403, refusal, { Connection: 'close' });
  const body = await readBody(request, MAX_FORM_BYTES);
  if (body === undefined) return answer(413, undefined, { Connection: 'close' });
  try {
    const part = FORMS[path]?.(parts, Object.fromEntries(new URLSearchParams(body))) ?? '';
    return answer(303, '', { ...HEADERS, Location: `/#${part}` });
  } catch (error) {
    if (!(error instanceof ExpectedError)) throw error;
    return show(parts, 400, error.message);
  }
}

async function show(
  { parts, family, noteworth, lookup }: SiteParts,
  status: number,
  trouble: string | null = null,
): Promise<Answer> {
  const runs = lookup === null ? null : await lookup.read();
  const view = { state: noteworthState(parts), planned: noteworth.planned(), family, runs, trouble };
  return described(status, HTML, page(view));
}

function described(status: number, type: string, body: string | Buffer): Answer {
  return answer(status, body, { ...HEADERS, 'Content-Type': type });
}

function readAsset(name: string): Buffer {
  return readFileSync(join(__dirname, 'assets', name));
}
