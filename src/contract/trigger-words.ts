import type { Trigger } from './names';

/** What starts a run, as a value under the heading `Started by`. */
export const TRIGGER_WORDS: Readonly<Record<Trigger, string>> = {
  schedule: 'Schedule',
  cli: 'Command line',
  api: 'API',
  web: 'Web page',
  dev: 'Start of the local system',
  temporal: 'Temporal',
  replay: 'Replay',
};

/** The same in a sentence after `Started`. */
export const STARTED_WORDS: Readonly<Record<Trigger, string>> = {
  schedule: 'by the schedule',
  cli: 'from the command line',
  api: 'through the API',
  web: 'on the web page',
  dev: 'at the start of the local system',
  temporal: 'in Temporal',
  replay: 'to replay an earlier run',
};
