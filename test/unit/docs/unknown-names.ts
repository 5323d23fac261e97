import type { Command } from 'commander';
import { listCommands } from './command-list';
import { codeOf, type Page } from './pages';

/** The endpoints of partners: of Noteworth, and of the example of a check. */
const PARTNER_ROUTES = [
  ...['GET /auth', 'GET /providers'],
  ...['POST /acme/oauth/token', 'GET /acme/v1/clinicians'],
];
const UNDESCRIBED_ROUTES = ['GET /docs', 'GET /openapi.json'];

/** Identifiers in code, such as `maximumCount`, `PartnerBusy` or `HTTP_PORT`, that no source contains. */
export function unknownIdentifiers(pages: readonly Page[], sources: string): string[] {
  const known = new Set(sources.match(/\w+/g));
  return found(pages, (code) =>
    /^(?:[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[A-Za-z]+[a-z0-9][A-Z]\w*)$/.test(code) && !known.has(code)
      ? [code]
      : [],
  );
}

/** Routes in code, such as `GET /api/v1/syncs/:id`, that the API does not have. */
export function unknownRoutes(pages: readonly Page[], routes: readonly string[]): string[] {
  const known = new Set([...routes, ...PARTNER_ROUTES, ...UNDESCRIBED_ROUTES]);
  return found(pages, (code) =>
    [...code.matchAll(/\b(?:GET|POST|PUT|DELETE|HEAD) \/[\w/:{}.-]*/g)]
      .map(([route]) => route)
      .filter((route) => !known.has(route.replace(/:(\w+)/g, '{$1}'))),
  );
}

/** Metrics in code that neither the API nor a worker has. Two roles in Postgres begin like them. */
export function unknownMetrics(pages: readonly Page[], metrics: readonly string[]): string[] {
  const known = new Set([...metrics, 'provider_sync_worker', 'provider_sync_reader']);
  return found(pages, (code) => (code.match(/provider_sync_\w+/g) ?? []).filter((name) => !known.has(name)));
}

/** Our metrics in the rules and the dashboard of docs/monitoring that neither the API nor a worker has. */
export function unknownMetricsIn(text: string, metrics: readonly string[]): string[] {
  const known = new Set(metrics.flatMap((name) => [name, `${name}_bucket`, `${name}_sum`, `${name}_count`]));
  return [...new Set(text.match(/provider_sync_\w+/g))].filter((name) => !known.has(name));
}

/** Lines in code that call a command, an argument or an option that does not exist. */
export function unknownCommands(pages: readonly Page[]): string[] {
  return found(pages, (code) => code.split('\n').filter(callsUnknown));
}

/** Scripts such as `npm run check` that package.json does not have. */
export function unknownScripts(pages: readonly Page[], scripts: Readonly<Record<string, string>>): string[] {
  return found(pages, (code) =>
    [...code.matchAll(/npm run (?:--silent )?([\w:]+)/g)]
      .map(([, name = '']) => name)
      .filter((name) => !Object.hasOwn(scripts, name)),
  );
}

function callsUnknown(line: string): boolean {
  const call = /(?:(?:^|npx |exec \w+ )provider-sync|main\.js|--no-deps api) ([^#]*)/.exec(line)?.[1];
  if (call === undefined || /^[<+\d:-]/.test(call)) return false;
  const { command } = listCommands().find(({ path }) => `${call.trim()} `.startsWith(`${path} `)) ?? {};
  return command === undefined || !hasOptions(command, call);
}

function hasOptions(command: Command, call: string): boolean {
  const own = command.options.map(({ long }) => long);
  return (call.match(/--[\w-]+/g) ?? []).every((option) => own.includes(option));
}

function found(pages: readonly Page[], search: (code: string) => readonly string[]): string[] {
  return pages.flatMap((page) =>
    codeOf(page)
      .flatMap(search)
      .map((name) => `${page.path}: ${name}`),
  );
}
