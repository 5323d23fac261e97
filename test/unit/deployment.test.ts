import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ms, { type StringValue } from 'ms';
import { parse } from 'yaml';
import { stopTimes } from '../../src/contract/timeouts';
import { readPartnersFile } from '../../src/partner/partners-file';
import { PACKAGE_ROOT } from '../../src/process/package-root';
import { runCommand } from '../support/command';

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

describe('docker-compose.yml', () => {
  it.each(services)(
    'pins the image of %s: a version, and the digest of what is not built here',
    (_, service) => {
      expect(service.image).toMatch(
        service.build ? new RegExp(`^provider-sync:${version}$`) : /^[\w/-]+:\d[\w.-]*@sha256:[0-9a-f]{64}$/,
      );
    },
  );

  it('takes the tools that prepare Temporal in the version of its server', () => {
    const versionOf = (name: string) => /:([^@]+)/.exec(compose.services[name]?.image ?? '')?.[1];
    expect(versionOf('temporal-schema')).toBe(versionOf('temporal'));
    expect(versionOf('temporal-namespace')).toBe(versionOf('temporal'));
    expect(text).not.toContain('auto-setup');
  });

  it('publishes on 127.0.0.1 only', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? []);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    expect(ports).toHaveLength([...text.matchAll(/^ *ports:/gm)].length);
  });

  it('holds no secret: each comes from the environment, and the start fails without it', () => {
    for (const [, { environment = {} }] of services) {
      for (const [name, value] of Object.entries(environment)) {
        if (/PASSWORD|PWD|KEY|TOKEN|DATABASE_URL/.test(name)) expect(value).toMatch(/\$\{\w+:\?/);
      }
    }
  });

  it('takes no variable that .env.example does not show', () => {
    const shown = new Set([...read('.env.example').matchAll(/^# (\w+)=/gm)].map(([, name]) => name));
    const taken = [...text.matchAll(/(?<!\$)\$\{(\w+)/g)].map(([, name]) => name);
    expect(taken.filter((name) => !shown.has(name))).toEqual([]);
  });

  it.each(ours)('runs %s as a command there is, with little to break', async (_, service) => {
    const [words = ''] = (service.command ?? []).join(' ').split(' --');
    const { stdout } = await runCommand([...words.split(' '), '--help'], {});
    expect(stdout).toMatch(new RegExp(`^Usage: provider-sync ${words}( \\[options\\])?\n`));
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
    // Compose cannot put its configs into a container that cannot be written to.
    expect(service.configs).toBeUndefined();
  });

  it.each(services)('keeps %s going, its log short and its rights few', (_, service) => {
    expect(service.restart).toMatch(/^(unless-stopped|on-failure:\d+)$/);
    expect(service.logging?.options).toMatchObject({ 'max-size': '10m' });
    expect(service.security_opt).toEqual(['no-new-privileges:true']);
    for (const [name, { condition }] of Object.entries(service.depends_on ?? {})) {
      const needed = compose.services[name];
      const isJob = needed?.restart?.startsWith('on-failure');
      expect(condition).toBe(isJob ? 'service_completed_successfully' : 'service_healthy');
      if (!isJob) expect(needed).toHaveProperty('healthcheck.test');
    }
  });

  it('gives a worker the time to stop, and leaves room for more of them', () => {
    const worker = compose.services.worker;
    const deadlines = [...readPartnersFile(join(PACKAGE_ROOT, 'partners.yaml'), {}).values()];
    const longest = Math.max(...deadlines.map(({ deadline }) => deadline));
    expect(ms(worker?.stop_grace_period as StringValue)).toBeGreaterThan(stopTimes(longest).gone);
    expect(worker).not.toHaveProperty('container_name');
    expect(worker).not.toHaveProperty('ports');
  });

  it('gives Temporal enough history shards, and settings of the form it reads', () => {
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

  it('copies what is there, and .dockerignore lets nothing else through', () => {
    for (const source of copied) expect(existsSync(join(PACKAGE_ROOT, source))).toBe(true);
    const [first, ...letThrough] = read('.dockerignore')
      .split('\n')
      .filter((line) => !/^(#|$)/.test(line));
    expect(first).toBe('*');
    expect(letThrough.sort()).toEqual([...new Set(copied)].map((source) => `!${source}`).sort());
  });

  it('builds on one pinned image of a Node that the package allows', () => {
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);
    expect(new Set(bases)).toEqual(new Set([`\${NODE_IMAGE}`]));
    expect(dockerfile).toMatch(
      /^ARG NODE_IMAGE=node:20\.(2\d|[3-9]\d)\.\d+-[a-z]+-slim@sha256:[0-9a-f]{64}$/m,
    );
  });

  it('runs without rights, under an init, and says how to stop and how to look after it', () => {
    const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));
    expect(last).toMatch(/^USER node$/m);
    expect(last).toMatch(/^STOPSIGNAL SIGTERM$/m);
    expect(last).toMatch(/^HEALTHCHECK (.|\n)*"doctor", "--worker"\]$/m);
    expect(last).toMatch(/^ENTRYPOINT \["tini", "--", "node", "dist\/src\/cli\/main\.js"\]$/m);
    expect(last).toMatch(/^CMD \["worker"\]$/m);
  });
});
