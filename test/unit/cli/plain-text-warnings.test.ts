import { plainTextWarnings } from '../../../src/cli/plain-text-warnings';
import type { HttpConfig } from '../../../src/process/config';
import { isPublicHost } from '../../../src/process/public-host';
import { partnerWith } from '../../support/partners';

const HTTP: HttpConfig = {
  host: '127.0.0.1',
  port: 3000,
  tokens: [],
  temporalUiUrl: null,
  publicUrl: null,
  trustProxy: [],
};

interface Setting {
  readonly databaseUrl?: string;
  readonly temporal?: { address: string; apiKey?: string; tls?: boolean };
  readonly http?: Partial<HttpConfig>;
  readonly baseUrl?: string;
  readonly env?: NodeJS.ProcessEnv;
}

function warnings({ databaseUrl, temporal, http, baseUrl, env = {} }: Setting): string[] {
  const config = {
    databaseUrl: databaseUrl ?? 'postgres://user:secret@127.0.0.1/directory',
    temporal: {
      connection: temporal ?? { address: '127.0.0.1:7233' },
      namespace: 'default',
      taskQueue: 'provider-sync',
      payloadKeys: [] as never,
    },
    http: { ...HTTP, ...http },
    env,
  };
  return plainTextWarnings(config, new Map([['noteworth', partnerWith(baseUrl ? { baseUrl } : {})]]));
}

describe('a connection without TLS that leaves the local network', () => {
  it.each<[string, Setting]>([
    ['DATABASE_URL', { databaseUrl: 'postgres://user:secret@db.example.com/directory' }],
    ['DATABASE_URL', { databaseUrl: 'postgres://user:secret@203.0.113.9/directory?sslmode=disable' }],
    ['DATABASE_URL', { databaseUrl: 'postgres://user:secret@localhost/directory?host=db.example.com' }],
    ['TEMPORAL_ADDRESS', { temporal: { address: 'temporal.example.com:7233' } }],
    ['TEMPORAL_ADDRESS', { temporal: { address: '[2001:db8::1]:7233', tls: false, apiKey: 'secret' } }],
    ['HTTP_HOST', { http: { host: '0.0.0.0' } }],
    ['HTTP_HOST', { http: { host: '::' } }],
    ['PUBLIC_URL', { http: { host: '0.0.0.0', publicUrl: 'http://directory.example.com' } }],
    ['The baseUrl of noteworth', { baseUrl: 'http://api.example.com' }],
  ])('is warned of once, without a secret: %s %j', (start, setting) => {
    const found = warnings(setting);
    expect(found).toEqual([expect.stringContaining(start)]);
    expect(found.join()).not.toContain('secret');
  });

  it.each<Setting>([
    {},
    { databaseUrl: 'postgres://user@postgres:5432/directory' },
    { databaseUrl: 'postgres://user@10.1.2.3/directory' },
    { databaseUrl: 'postgres:///directory?host=/var/run/postgresql' },
    { databaseUrl: 'postgres://user@db.example.com/directory?sslmode=verify-full' },
    { databaseUrl: 'postgres://user@db.example.com/directory', env: { PGSSLMODE: 'require' } },
    { temporal: { address: 'temporal:7233' } },
    { temporal: { address: 'temporal.example.com:7233', tls: true } },
    { temporal: { address: 'temporal.example.com:7233', apiKey: 'key' } },
    { http: { host: '0.0.0.0', publicUrl: 'https://directory.example.com' } },
    { http: { host: '0.0.0.0', publicUrl: 'http://localhost:3000' } },
    { http: { host: '192.168.1.2' } },
    { baseUrl: 'https://api.example.com' },
    { baseUrl: 'http://simulator:4010' },
  ])('is not warned of if there is none: %j', (setting) => {
    expect(warnings(setting)).toEqual([]);
  });
});

it.each([
  ['8.8.8.8', true],
  ['172.32.0.1', true],
  ['2001:db8::1', true],
  ['example.com', true],
  ['10.0.0.1.example.com', true],
  ['172.16.0.1', false],
  ['169.254.169.254', false],
  ['[fd00::1]', false],
  ['fe80::1', false],
  ['localhost', false],
  ['printer.local', false],
])('a host %s is public: %s', (host, isPublic) => {
  expect(isPublicHost(host)).toBe(isPublic);
});
