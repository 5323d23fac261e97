import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { Command } from 'commander';
import ms, { type StringValue } from 'ms';
import { parse } from 'yaml';
import { createProgram } from '../../src/cli/commands';
import { stopTimes } from '../../src/contract/timeouts';
import { readPartnersFile } from '../../src/partner/config/partners-file';
import { hashToken } from '../../src/process/api-tokens';
import { loadConfig } from '../../src/process/config';
import { rolesSchema } from '../../src/process/config/roles-config';
import { PACKAGE_ROOT } from '../../src/process/package-root';

interface Service {
  readonly image: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly read_only?: boolean;
  readonly configs?: readonly unknown[];
  readonly restart?: string;
  readonly security_opt?: readonly string[];
  readonly logging?: { readonly options: Readonly<Record<string, string>> };
  readonly healthcheck?: object;
  readonly stop_grace_period?: string;
  readonly container_name?: string;
  readonly profiles?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

const read = (name: string) => readFileSync(join(PACKAGE_ROOT, name), 'utf8');

const text = read('docker-compose.yml');
const compose: {
  services: Record<string, Service>;
  configs: Record<string, { content: string }>;
} = parse(text, { merge: true });
const services = Object.entries(compose.services);
const ours = services.filter(([, { build }]) => build !== undefined);
const { version } = JSON.parse(read('package.json')) as { version: string };
const dockerfile = read('Dockerfile');

const SHOWN = new Set([...read('.env.example').matchAll(/^# (\w+)=/gm)].map(([, name]) => name));

describe('.env.example', () => {
  it('shows every variable that the code and partners.yaml read', () => {
    const sources = readdirSync(join(PACKAGE_ROOT, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => ({ isConfig: path.startsWith('process/'), source: read(join('src', path)) }));
    const namesIn = (source: string, pattern: RegExp) =>
      [...source.matchAll(pattern)].map(([, name = '']) => name);
    const used = [
      ...sources.flatMap(({ source }) => namesIn(source, /\benv\.([A-Z][A-Z0-9_]+)/g)),
      ...sources.flatMap(({ isConfig, source }) =>
        isConfig ? namesIn(source, /^ +([A-Z]+_[A-Z_]+):/gm) : [],
      ),
      ...namesIn(read('partners.yaml'), /^(?!#).*\$\{(\w+)/gm),
      'TEMPORAL_CLI_PATH',
    ];
    const variables = [...new Set(used)].filter((name) => name !== 'PATH');
    expect(variables.length).toBeGreaterThan(20);
    expect(variables.filter((name) => !SHOWN.has(name))).toEqual([]);
  });
});

describe('the lines in docs/operations.md that make .env for docker compose', () => {
  const folder = mkdtempSync(join(tmpdir(), 'provider-sync-env-'));
  const [, lines = ''] = /^```sh\n(umask[\s\S]*?)^```$/m.exec(read('docs/operations.md')) ?? [];
  afterAll(() => rmSync(folder, { recursive: true }));

  it('need a shell and openssl only, and set every variable that compose requires', () => {
    const printed = execFileSync('sh', ['-euc', lines], { cwd: folder, encoding: 'utf8' });
    const env = parseEnv(readFileSync(join(folder, '.env'), 'utf8'));
    const required = [...text.matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name);
    expect(Object.keys(env).sort()).toEqual([...new Set(required)].sort());
    expect(statSync(join(folder, '.env')).mode & 0o077).toBe(0);

    const [, token = ''] = /^Log in with: (\S+)$/m.exec(printed) ?? [];
    const { http, temporal, roles } = loadConfig(['http', 'temporal', 'roles'], {
      env: { ...env, HTTP_HOST: '0.0.0.0', DATA_DIR: folder },
    });
    expect(http.tokens).toEqual([{ role: 'operator', hash: hashToken(token) }]);
    expect(temporal.payloadKeys).toHaveLength(1);
    expect(roles.passwords).toEqual({
      worker: env.POSTGRES_WORKER_PASSWORD,
      reader: env.POSTGRES_READER_PASSWORD,
    });
  });
});

describe('package.json', () => {
  it('decides for each dependency whether its install script runs, so that npm prints no warning', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as {
      packages: Record<string, { hasInstallScript?: boolean }>;
    };
    const withScript = Object.entries(packages)
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([path]) => path.replace(/^.*node_modules\//, ''));
    const { allowScripts } = JSON.parse(read('package.json')) as { allowScripts: Record<string, boolean> };
    expect(Object.keys(allowScripts).sort()).toEqual(withScript.sort());
  });
});

describe('the versions of Node', () => {
  it('that package.json allows are those that the README names, and the one of the image', () => {
    const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } };
    const allowed = engines.node
      .split(' || ')
      .map((range) => /^(\^|>=)(\d+)\.\d+\.\d+$/.exec(range)?.slice(1));
    const [, newest, older] = /You need Node (\d+) or (\d+) with npm/.exec(read('README.md')) ?? [];
    expect(allowed.slice(-2)).toEqual([
      ['^', older],
      ['>=', newest],
    ]);
    expect(dockerfile).toContain(`ARG NODE_IMAGE=node:${newest}.`);
  });
});

describe('docker-compose.yml', () => {
  it.each(services)(
    'pins the image of %s: a version, and the digest if it is not built here',
    (_, service) => {
      expect(service.image).toMatch(
        service.build
          ? new RegExp(`^provider-sync:${version}$`)
          : /^[\w/-]+:v?\d[\w.-]*@sha256:[0-9a-f]{64}$/,
      );
    },
  );

  it('prepares Temporal with the tools of the server’s version', () => {
    const versionOf = (name: string) => /:([^@]+)/.exec(compose.services[name]?.image ?? '')?.[1];
    expect(versionOf('temporal-schema')).toBe(versionOf('temporal'));
    expect(versionOf('temporal-namespace')).toBe(versionOf('temporal'));
    expect(text).not.toContain('auto-setup');
  });

  it('publishes no port of Temporal, which has no login, or of Postgres, which has only a password', () => {
    const published = services.filter(([, { ports }]) => ports !== undefined).map(([name]) => name);
    expect(published.sort()).toEqual(['api', 'grafana', 'prometheus', 'simulator', 'temporal-ui']);
  });

  it('publishes on 127.0.0.1 only', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? []);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    expect(ports).toHaveLength([...text.matchAll(/^ *ports:/gm)].length);
  });

  it('contains no secret: each is read from the environment, and the start fails without it', () => {
    for (const [, { environment = {} }] of services) {
      for (const [name, value] of Object.entries(environment)) {
        if (/PASSWORD|PWD|KEY|TOKEN|DATABASE_URL/.test(name)) expect(value).toMatch(/\$\{\w+:\?/);
      }
    }
  });

  it('waits for every job, so that `up --wait` does not take its end for a failure', () => {
    const jobs = services
      .filter(([, { restart }]) => restart?.startsWith('on-failure'))
      .map(([name]) => name);
    const awaited = services.flatMap(([, { depends_on = {} }]) =>
      Object.entries(depends_on)
        .filter(([, { condition }]) => condition === 'service_completed_successfully')
        .map(([name]) => name),
    );
    expect(jobs.filter((job) => !awaited.includes(job))).toEqual([]);
  });

  it('gives each service a role of its own in Postgres, and the simulator only its log level', () => {
    const userOf = (name: string) =>
      /postgres:\/\/(\w+):/.exec(compose.services[name]?.environment?.DATABASE_URL ?? '')?.[1];
    expect(Object.fromEntries(ours.map(([name]) => [name, userOf(name)]))).toEqual({
      migrate: 'provider_sync',
      worker: rolesSchema.parse({}).names.worker,
      api: rolesSchema.parse({}).names.reader,
      schedules: undefined,
      simulator: undefined,
    });
    expect(Object.keys(compose.services.simulator?.environment ?? {})).toEqual(['LOG_LEVEL']);
    expect(compose.services.migrate?.command).toEqual(['migrate', '--roles']);
    expect(compose.services.migrate?.environment).not.toHaveProperty('PAYLOAD_KEYS');
  });

  it('reads no variable that .env.example does not show', () => {
    const taken = [...text.matchAll(/(?<!\$)\$\{(\w+)/g)].map(([, name]) => name);
    expect(taken.filter((name = '') => !SHOWN.has(name))).toEqual([]);
  });

  it('gives workers and the API every variable of traces, and an empty one changes nothing', () => {
    const names = [...SHOWN].filter((name = '') => /^(OTEL_|TRACE_)/.test(name));
    expect(names.length).toBeGreaterThan(6);
    for (const name of ['worker', 'api']) {
      const environment = compose.services[name]?.environment ?? {};
      expect(names.filter((variable = '') => !environment[variable]?.startsWith(`\${${variable}:-`))).toEqual(
        [],
      );
      // OpenTelemetry takes an empty sampler for `always_on`, which also records what a caller does not.
      expect(environment.OTEL_TRACES_SAMPLER).toBe(`\${OTEL_TRACES_SAMPLER:-parentbased_always_on}`);
    }
  });

  it.each(ours)('runs %s as an existing command, with few rights', (_, service) => {
    const [words = ''] = (service.command ?? []).join(' ').split(' --');
    const command = words
      .split(' ')
      .reduce<Command | undefined>(
        (parent, name) => parent?.commands.find((child) => child.name() === name),
        createProgram(),
      );
    expect(command?.helpInformation()).toMatch(
      new RegExp(`^Usage: provider-sync ${words}( \\[options\\])?\n`),
    );
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
    // Compose cannot put its configs into a read-only container.
    expect(service.configs).toBeUndefined();
  });

  it.each(services)('restarts %s, and limits its log and its rights', (_, service) => {
    expect(service.restart).toMatch(
      service.profiles?.includes('tools') ? /^no$/ : /^(unless-stopped|on-failure:\d+)$/,
    );
    expect(service.logging?.options).toMatchObject({ 'max-size': '10m' });
    expect(service.security_opt).toEqual(['no-new-privileges:true']);
    for (const [name, { condition }] of Object.entries(service.depends_on ?? {})) {
      const needed = compose.services[name];
      const isJob = needed?.restart?.startsWith('on-failure');
      expect(condition).toBe(isJob ? 'service_completed_successfully' : 'service_healthy');
      if (!isJob) expect(needed).toHaveProperty('healthcheck.test');
    }
  });

  it('gives a worker time to stop, and allows several workers', () => {
    const worker = compose.services.worker;
    const deadlines = [...readPartnersFile(join(PACKAGE_ROOT, 'partners.yaml'), {}).values()];
    const longest = Math.max(...deadlines.map(({ deadline }) => deadline));
    expect(ms(worker?.stop_grace_period as StringValue)).toBeGreaterThan(stopTimes(longest).gone);
    expect(worker).not.toHaveProperty('container_name');
    expect(worker).not.toHaveProperty('ports');
  });

  it('gives Temporal enough history shards, and settings that it can read', () => {
    expect(Number(compose.services.temporal?.environment?.NUM_HISTORY_SHARDS)).toBeGreaterThanOrEqual(128);
    const settings = parse(compose.configs['temporal-dynamic-config']?.content ?? '') as object;
    for (const [name, values] of Object.entries(settings)) {
      expect(name).toMatch(/^[a-z]+\.\w+$/);
      expect(values).toEqual([{ value: expect.anything() }]);
    }
  });
});

describe('the Dockerfile', () => {
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, sources = '']) =>
    sources.split(' '),
  );

  it('copies paths that exist, and .dockerignore lets no other paths through', () => {
    for (const source of copied) expect(existsSync(join(PACKAGE_ROOT, source))).toBe(true);
    const [first, ...letThrough] = read('.dockerignore')
      .split('\n')
      .filter((line) => !/^(#|$)/.test(line));
    expect(first).toBe('*');
    expect(letThrough.sort()).toEqual([...new Set(copied)].map((source) => `!${source}`).sort());
  });

  it('uses one pinned image of a Node version that the package allows', () => {
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);
    expect(new Set(bases)).toEqual(new Set([`\${NODE_IMAGE}`]));
    expect(dockerfile).toMatch(/^ARG NODE_IMAGE=node:24\.\d+\.\d+-trixie-slim@sha256:[0-9a-f]{64}$/m);
  });

  it('puts the command on the PATH of its containers', () => {
    expect(dockerfile).toContain('ln -s /app/dist/src/cli/main.js /usr/local/bin/provider-sync');
  });

  it('runs without rights and under an init, with a signal to stop and a health check', () => {
    const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));
    expect(last).toMatch(/^USER node$/m);
    expect(last).toMatch(/^STOPSIGNAL SIGTERM$/m);
    expect(last).toMatch(/^HEALTHCHECK (.|\n)*"doctor", "--worker"\]$/m);
    expect(last).toMatch(/^ENTRYPOINT \["tini", "--", "node", "dist\/src\/cli\/main\.js"\]$/m);
    expect(last).toMatch(/^CMD \["worker"\]$/m);
  });
});
