import { FAILURES } from '../../../src/contract/failures';
import { FINDING_CODES } from '../../../src/operations/health/finding';
import { listVariables } from '../../../src/partner/config/partners-file';
import { SECRETS } from '../../../src/process/secret-variables';
import { namesOf, readRules } from '../../alerts/alert-rules';
import { useApi } from '../../support/api';
import { listMetricNames, listRoutes } from './api-tables';
import { brokenLinks } from './broken-links';
import { listCommands } from './command-list';
import { VARIABLES } from './configuration-tables';
import { fill, generate, partnersSchemaText } from './generated';
import { rowsBelow } from './markdown';
import { codeOf, type Page, readCode, readPages, readText } from './pages';
import {
  unknownCommands,
  unknownIdentifiers,
  unknownMetrics,
  unknownMetricsIn,
  unknownRoutes,
  unknownScripts,
} from './unknown-names';

const CODE = ['src', 'workflows', 'activities'];
const pages = readPages();
/** All pages except the changelog, which also names what was removed. */
const current = pages.filter(({ path }) => path !== 'CHANGELOG.md');
const api = useApi();

describe('the documentation', () => {
  it('has generated texts that are up to date; npm run docs updates them', async () => {
    const texts = await generate();
    const used = new Set<string>();
    for (const { path, text } of pages) {
      expect({ path, text }).toEqual({ path, text: fill(text, texts, used) });
    }
    expect([...used].sort()).toEqual([...texts.keys()].sort());
  });

  it('has a JSON Schema of partners.yaml that is up to date; npm run docs updates it', () => {
    expect(readText('docs/partners.schema.json')).toBe(partnersSchemaText());
  });

  it('has a README of at most 180 lines', () => {
    expect(readText('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(180);
  });

  it('has a README with a link to every page', () => {
    const readme = readText('README.md');
    const others = pages.map(({ path }) => path).filter((path) => path !== 'README.md');
    expect(others.filter((path) => !readme.includes(`](${path})`))).toEqual([]);
  });

  it('has no broken link or path', () => {
    expect(brokenLinks(pages)).toEqual([]);
  });
});

describe('the page of', () => {
  it.each<[what: string, path: string, names: () => readonly string[] | Promise<readonly string[]>]>([
    ['failures', 'docs/failures.md', () => Object.keys(FAILURES)],
    ['variables', 'docs/configuration.md', variables],
    ['commands', 'docs/commands.md', commandsAndOptions],
    ['routes', 'docs/api.md', async () => (await listRoutes(api)).map(([route]) => route)],
    ['metrics', 'docs/monitoring.md', () => listMetricNames(api)],
    ['alerts', 'docs/monitoring.md', async () => namesOf(await readRules())],
    ['health codes', 'docs/operations.md', () => FINDING_CODES],
  ])('%s has every one', async (_what, path, names) => {
    const named = new Set(codeOf(page(path)));
    expect((await names()).filter((name) => !named.has(name))).toEqual([]);
  });
});

describe('the page of alerts', () => {
  it('names a breakage for each alert', async () => {
    const rows = rowsBelow('| breakage | alerts |', page('docs/monitoring.md').text);
    const broken = rows.flatMap(([, alerts = '']) => codeOf({ path: '', text: alerts }));
    expect([...new Set(broken)].sort()).toEqual([...namesOf(await readRules())].sort());
  });
});

describe('what the pages name', () => {
  it.each<[what: string, unknown: () => readonly string[] | Promise<readonly string[]>]>([
    ['identifiers', () => unknownIdentifiers(current, everything())],
    [
      'routes',
      async () =>
        unknownRoutes(
          current,
          (await listRoutes(api)).map(([route]) => route),
        ),
    ],
    ['metrics', async () => unknownMetrics(current, await listMetricNames(api))],
    ['metrics in docs/monitoring', async () => unknownMetricsIn(monitoring(), await listMetricNames(api))],
    ['commands', () => unknownCommands(current)],
    ['scripts', () => unknownScripts(current, JSON.parse(readText('package.json')).scripts)],
  ])('exists: %s', async (_what, unknown) => {
    expect(await unknown()).toEqual([]);
  });
});

/** The rules and the dashboard. */
function monitoring(): string {
  return ['alerts.yml', 'dashboard.json'].map((file) => readText(`docs/monitoring/${file}`)).join('\n');
}

function page(path: string): Page {
  return { path, text: readText(path) };
}

/** Those of the schemas, of partners.yaml, of the files for compose, and those that the code reads itself. */
function variables(): string[] {
  const schemas = Object.values(VARIABLES).flatMap((schema) => Object.keys(schema.shape));
  const template = [...readText('.env.example').matchAll(/^# ([A-Z_]+)=/gm)].map(([, name = '']) => name);
  const compose = [...readText('docker-compose.yml').matchAll(/\$\{([A-Z_]+)/g)].map(([, name = '']) => name);
  const read = [...readCode(CODE).matchAll(/\benv\.(?!PATH\b)([A-Z][A-Z_]+)\b/g)].map(
    ([, name = '']) => name,
  );
  const files = SECRETS.map((name) => `${name}_FILE`);
  return [
    ...new Set([...schemas, ...template, ...compose, ...read, ...files, ...listVariables('partners.yaml')]),
  ];
}

/** The code, and the files that configure it. */
function everything(): string {
  const files = [
    'partners.yaml',
    'docs/examples/partners.yaml',
    'docker-compose.yml',
    'Dockerfile',
    '.env.example',
    'package.json',
  ];
  return [readCode([...CODE, 'test']), ...files.map(readText)].join('\n');
}

function commandsAndOptions(): string[] {
  return listCommands().flatMap(({ path, command }) => {
    const given = command.registeredArguments.map((one) =>
      one.required ? `<${one.name()}>` : `[${one.name()}]`,
    );
    return [[path, ...given].join(' '), ...command.options.map(({ flags }) => flags)];
  });
}
