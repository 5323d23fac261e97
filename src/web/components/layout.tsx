import type { ComponentChildren } from 'preact';
import type { Role } from '../../process/api-tokens';
import { asset } from '../assets';

const NAVIGATION = [
  ['/', 'Overview'],
  ['/providers', 'Providers'],
  ['/changes', 'Changes'],
  ['/runs', 'Runs'],
  ['/rejected-records', 'Rejected'],
  ['/partners', 'Partners'],
] as const;

/** What a page needs to know about its request. */
export interface Frame {
  /** The requested path. */
  readonly path: string;
  readonly role: Role | null;
  /** Whether access is open, without a login. */
  readonly isOpen: boolean;
}

interface LayoutProps extends Frame {
  readonly title: string;
  /** Seconds after which a browser without scripts reloads the page, while a run is running. */
  readonly refresh?: number;
  /** The address that it loads then; by default the same. */
  readonly refreshTo?: string;
  readonly children: ComponentChildren;
}

/** Milliseconds after which the page reports that the server does not answer. */
const ANSWER_WITHIN_MS = 15_000;

const HTMX = JSON.stringify({
  includeIndicatorStyles: false,
  allowEval: false,
  allowScriptTags: false,
  selfRequestsOnly: true,
  historyCacheSize: 0,
  scrollBehavior: 'auto',
  timeout: ANSWER_WITHIN_MS,
});

/** The frame of every page. */
export function Layout({ title, path, role, isOpen, refresh, refreshTo, children }: LayoutProps) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="htmx-config" content={HTMX} />
        <title>{`${title} · Provider Sync`}</title>
        {/* Not deferred: it gives each time its text before the time is painted. */}
        <script src={asset('times.js')} />
        {/* Painted when all of the page is there: half a table would change its columns when the rest arrives. */}
        <link rel="expect" href="#end" {...{ blocking: 'render' }} />
        <link rel="icon" href={asset('icon.svg')} type="image/svg+xml" />
        <link rel="stylesheet" href={asset('style.css')} />
        <script src={asset('htmx.js')} defer />
        <script src={asset('page.js')} defer />
        {refresh !== undefined && (
          <noscript>
            <meta
              http-equiv="refresh"
              content={refreshTo ? `${refresh}; url=${refreshTo}` : String(refresh)}
            />
          </noscript>
        )}
      </head>
      <body>
        <a class="skip" href="#main">
          Skip to the content
        </a>
        <header class="masthead">
          <div class="masthead-inner">
            <a class="brand" href="/">
              <Mark />
              Provider Sync
            </a>
            {role && (
              <nav class="nav" aria-label="Pages">
                <ul>
                  {NAVIGATION.map(([href, name]) => (
                    <li key={href}>
                      <a href={href} aria-current={isWithin(path, href) ? 'page' : undefined}>
                        {name}
                      </a>
                    </li>
                  ))}
                </ul>
              </nav>
            )}
            {!isOpen && role && <Session role={role} />}
          </div>
        </header>
        {/* Errors after the page was loaded. */}
        <div id="trouble" class="trouble" role="alert" />
        <main id="main" class="page" tabIndex={-1}>
          {children}
        </main>
        <footer class="colophon" id="end">
          {role && <a href="/workers">Workers</a>}
          {role && <a href="/webhooks">Webhooks</a>}
          {role && <a href="/erasures">Erased people</a>}
          <a href="/docs">API</a>
          <a href="/fhir/R4/metadata">FHIR R4</a>
          <a href="/readyz">Readiness</a>
          {role && <Clock />}
        </footer>
      </body>
    </html>
  );
}

/** Who is logged in, and the way out. */
function Session({ role }: { readonly role: Role }) {
  return (
    <form class="session" method="post" action="/logout">
      <span>
        <span class="visually-hidden">Signed in as </span>
        {role}
      </span>
      <button type="submit">Log out</button>
    </form>
  );
}

/** The choice between local time and UTC. It needs scripts; without them, and where local time is UTC, there is none. */
function Clock() {
  return (
    <>
      <span id="no-choice" hidden>
        Times are in UTC.
      </span>
      <fieldset id="clock" class="clock" aria-label="Times" hidden>
        <button type="button" value="local" aria-pressed="true">
          Local time
        </button>
        <button type="button" value="utc" aria-pressed="false">
          UTC
        </button>
      </fieldset>
      <noscript>
        <span>Times are in UTC.</span>
      </noscript>
    </>
  );
}

function isWithin(path: string, href: string): boolean {
  return href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`);
}

function Mark() {
  return (
    <svg aria-hidden="true" width="26" height="26" viewBox="0 0 32 32" fill="none">
      <rect x="1" y="1" width="30" height="30" rx="9" fill="currentColor" />
      <path
        d="M9 12.500a8 8 0 0 1 13-2M23 19.500a8 8 0 0 1-13 2M22.500 6.500v4.200h-4.200M9.500 25.500v-4.200h4.200"
        stroke="var(--surface)"
        stroke-width="2.200"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}
