import { join } from 'node:path';
import { z } from 'zod';
import { LOG_LEVELS, type LogLevel } from '../logger';
import { PACKAGE_ROOT } from '../package-root';
import { type TracingConfig, tracingShape } from './tracing-config';

/** The configuration that every command has. */
export interface BaseConfig {
  readonly logLevel: LogLevel;
  readonly dataDir: string;
  readonly partnersFile: string;
  readonly tracing: TracingConfig;
  /** The environment of the process, completed by secret files and by a running `npm start`. */
  readonly env: NodeJS.ProcessEnv;
}

/** The folder of the state of `npm start`, unless DATA_DIR names another. */
export const DEFAULT_DATA_DIR = join(PACKAGE_ROOT, '.provider-sync');

/** The variables that every command reads. */
export const baseSchema = z.object({
  LOG_LEVEL: z
    .enum(LOG_LEVELS, `is none of ${LOG_LEVELS.join(', ')}`)
    .default('info')
    .describe('The least level that is logged. `debug` also logs stacks.'),
  PARTNERS_FILE: z
    .string()
    .default(join(PACKAGE_ROOT, 'partners.yaml'))
    .describe('The file that describes the partners.'),
  DATA_DIR: z
    .string()
    .default(DEFAULT_DATA_DIR)
    .describe('The folder in which `npm start` keeps its state; other commands find its servers there.'),
  ...tracingShape,
});

/** The advice for a variable that a running `npm start` would provide. */
export const SET_IT = 'start `npm start`, which brings one, or set it';
