import type { Partners } from '../partner/config/partner';
import { readPartnersFile } from '../partner/config/partners-file';
import type { BaseConfig, HttpConfig, Needs, TemporalConfig } from '../process/config';
import type { Logger } from '../process/logger';
import { isPublicHost } from '../process/public-host';

type Checked = BaseConfig & Pick<Needs, 'databaseUrl' | 'temporal'> & Partial<Pick<Needs, 'http'>>;

/** Warns in the log, once at the start, of each connection that leaves the local network without TLS. */
export function warnOfPlainText(config: Checked, log: Pick<Logger, 'warn'>): void {
  const partners = readPartnersFile(config.partnersFile, config.env);
  for (const warning of plainTextWarnings(config, partners)) log.warn(warning);
}

/** What is said about each connection of a configuration that leaves the local network without TLS. */
export function plainTextWarnings(
  { databaseUrl, temporal, http, env }: Pick<Checked, 'databaseUrl' | 'temporal' | 'http' | 'env'>,
  partners: Partners,
): string[] {
  return [
    ...ofPostgres(databaseUrl, env.PGSSLMODE),
    ...ofTemporal(temporal),
    ...(http ? ofApi(http) : []),
    ...[...partners.values()].flatMap(({ name, baseUrl }) => ofPartner(name, new URL(baseUrl))),
  ];
}

const TLS_MODE = /^(prefer|require|verify-ca|verify-full|no-verify)$/;

function ofPostgres(databaseUrl: string, defaultMode: string | undefined): string[] {
  const { hostname, searchParams } = new URL(databaseUrl);
  const host = searchParams.get('host') ?? hostname;
  const mode = searchParams.get('sslmode') ?? defaultMode ?? '';
  const hasTls = TLS_MODE.test(mode) || ['true', '1'].includes(searchParams.get('ssl') ?? '');
  if (hasTls || host.startsWith('/') || !isPublicHost(host)) return [];
  return [
    `DATABASE_URL leads to ${host} without TLS: its password and names of people travel in plain text. Add ?sslmode=verify-full to it.`,
  ];
}

function ofTemporal({ connection: { address, tls, apiKey } }: TemporalConfig): string[] {
  const host = address.replace(/:\d+$/, '');
  if (tls || (apiKey && tls !== false) || !isPublicHost(host)) return [];
  return [
    `TEMPORAL_ADDRESS leads to ${host} without TLS: others can read and change what workers are asked to do. Set TEMPORAL_TLS=true, or TEMPORAL_API_KEY.`,
  ];
}

function ofApi({ host, publicUrl }: HttpConfig): string[] {
  const isReached = publicUrl === null ? isPublicHost(host) : isPublicHost(new URL(publicUrl).hostname);
  if (!isReached || publicUrl?.startsWith('https:')) return [];
  const where = publicUrl === null ? `HTTP_HOST is ${host}` : `PUBLIC_URL is ${publicUrl}`;
  return [
    `${where}, and the API itself has no TLS: tokens and names of people travel in plain text. Put a proxy with TLS before it, and set PUBLIC_URL to its https address.`,
  ];
}

function ofPartner(name: string, { protocol, hostname }: URL): string[] {
  if (protocol === 'https:' || !isPublicHost(hostname)) return [];
  return [
    `The baseUrl of ${name} leads to ${hostname} without TLS: its token and names of people travel in plain text. Use its https address.`,
  ];
}
