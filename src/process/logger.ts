import pino, { type DestinationStream, type Logger } from 'pino';
import type { prettyFactory } from 'pino-pretty';
import { boundedLines } from './bounded-lines';
import { outside } from './outside';
import { currentTrace } from './tracing/trace';

export type { Logger } from 'pino';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Fields that must never be logged. */
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
  'parameters',
  'driverError',
];

/**
 * Logs to standard error, since standard output is for results: pretty on a terminal, JSON elsewhere. Lines about work
 * in a recorded trace have its id and that of the span.
 *
 * @param destination another place for the JSON lines
 */
export function createLogger(level: LogLevel, destination = standardError()): Logger {
  const redact = {
    paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
    censor: '[redacted]',
  };
  const mixin = () => ({ ...currentTrace() });
  return pino({ level, redact, base: null, timestamp: pino.stdTimeFunctions.isoTime, mixin }, destination);
}

/** Erases a line of progress that a command shows on the terminal. */
const CLEAR_LINE = '\r\u001b[2K';

/** Loaded only for a terminal. */
const loadPretty = (): typeof prettyFactory => require('pino-pretty').prettyFactory;

function standardError(): DestinationStream {
  const { stderr } = outside();
  // pino's own stream never ends if it cannot write, such as on a full disk.
  if (!stderr.isTTY) return boundedLines(stderr);
  const pretty = loadPretty()({ translateTime: 'SYS:HH:MM:ss.l', singleLine: true });
  return { write: (line) => stderr.write(`${CLEAR_LINE}${pretty(line)}`) };
}
