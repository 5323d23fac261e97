import type { FastifyRequest } from 'fastify';
import type { Problem } from '../api/http/problem';

/** A problem for people: what happened, what to do, and where the page leads. */
export interface ProblemInWords {
  readonly title: string;
  readonly detail: string;
  /** The service that the page waits for; it then loads by itself. */
  readonly waitsFor: 'postgres' | 'temporal' | null;
  /** The page to return to after a form that failed; null if the failed page itself can be loaded again. */
  readonly back: string | null;
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'This request is not valid',
  401: 'You are not logged in',
  403: 'You may not do this',
  404: 'This page does not exist',
  409: 'This cannot be done now',
  421: 'This address is not served here',
  429: 'Too many requests',
  500: 'Something went wrong',
};

const SERVICES = {
  StoreUnavailable: ['postgres', 'The database is unavailable'],
  TemporalUnavailable: ['temporal', 'Temporal did not respond'],
} as const;

/** Explains a problem to the person who asked for a page or sent a form. */
export function problemInWords(problem: Problem, request: FastifyRequest): ProblemInWords {
  const back = request.method === 'GET' || request.method === 'HEAD' ? null : pageBefore(request);
  if (isService(problem.type)) {
    const [waitsFor, title] = SERVICES[problem.type];
    return { title, detail: adviseToWait(back), waitsFor, back };
  }
  const title = TITLES[problem.status] ?? problem.title;
  const detail = request.is404
    ? 'Check the address for a mistake, or start from the overview.'
    : problem.detail;
  return { title, detail, waitsFor: null, back };
}

function isService(type: string): type is keyof typeof SERVICES {
  return Object.hasOwn(SERVICES, type);
}

function adviseToWait(back: string | null): string {
  return back === null
    ? 'This page retries by itself. The overview says what is broken and what to do.'
    : 'It is not certain that your request was carried out. This page leads back by itself; check the result there.';
}

/** The page that sent the form; the overview if it is unknown or of another origin. */
function pageBefore({ headers, host }: FastifyRequest): string {
  const page = URL.parse(String(headers.referer));
  // A path that begins with two slashes would lead to another host.
  return page?.host === host ? page.pathname.replace(/^\/+/, '/') + page.search : '/';
}
