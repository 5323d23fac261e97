import { isatty } from 'node:tty';
import pino, { type DestinationStream, type Logger } from 'pino';

export type { Logger } from 'pino';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Fields that must not reach a log, wherever a caller puts them. */
const SECRET_FIELDS = [
  'token',
  'checksum',
  'headers',
  'password',
  'authorization',
  'cookie',
  'databaseUrl',
  'payloadKeys',
  'apiTokens',
  'answer',
  'providers',
  'records',
  'raw',
];

/**
 * Logs to standard error, so that a command's output stays its own: pretty on a terminal, JSON elsewhere.
 *
 * @param destination another place for the JSON lines
 */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
  const redact = {
    paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
    censor: '[redacted]',
  };
  if (!destination && isatty(2)) {
    return pino({
      level,
      redact,
      transport: { target: 'pino-pretty', options: { destination: 2, ignore: 'pid,hostname', sync: true } },
    });
  }
  return pino(
    { level, redact, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    destination ?? pino.destination(2),
  );
}
