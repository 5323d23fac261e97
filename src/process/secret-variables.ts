/** Secrets that can also be given as the path of a file, in `NAME_FILE`. */
export const SECRETS = [
  'DATABASE_URL',
  'PAYLOAD_KEYS',
  'TEMPORAL_API_KEY',
  'API_TOKENS',
  'POSTGRES_WORKER_PASSWORD',
  'POSTGRES_READER_PASSWORD',
];

/** The same secrets, their `_FILE` forms, and variables that hold parts of them. */
const SECRET_NAMES = [
  /^(PAYLOAD_KEYS|API_TOKENS)(_|$)/,
  /(^|_)DATABASE_URL(_|$)/,
  /^TEMPORAL_(API_KEY|TLS_|GRPC_META_|CODEC_AUTH)/,
  /(^|_)POSTGRES_(\w+_)?PASSWORD/,
  /^PG(PASSWORD|PASSFILE|SSL)/,
  /^OTEL_EXPORTER_OTLP_(\w+_)?(HEADERS|CLIENT_KEY)(_|$)/,
];

/** Whether an environment variable holds one of our secrets, or the path of one. */
export function isSecretVariable(name: string): boolean {
  return SECRET_NAMES.some((pattern) => pattern.test(name));
}
