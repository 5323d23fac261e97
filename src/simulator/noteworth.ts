import { z } from 'zod';
import { ENDPOINTS, type Endpoint } from '../contract/call';
import type { SimulatorParts } from './answer-call';
import type { CallCounts, SimulatedCall } from './call-log';
import type { Controllable } from './control';
import type { Step } from './faults';
import type { SettingsChange, SimulatorSettings } from './settings';
import { validate } from './validate';

/** The state of the simulated Noteworth. It holds no token. */
export interface NoteworthState {
  readonly settings: SimulatorSettings;
  /** Steps left in each script. */
  readonly scripted: Readonly<Record<Endpoint, number>>;
  readonly hasToken: boolean;
  readonly counts: CallCounts;
  /** The last calls, the latest first. */
  readonly calls: readonly SimulatedCall[];
}

/** `/control` and the page show at most this many calls. */
export const LAST_CALLS = 25;
/** Steps in a script. */
export const MAX_STEPS = 10_000;

const scriptSchema = z.strictObject({
  endpoint: z.enum(ENDPOINTS),
  steps: z.array(z.custom<Step>()).max(MAX_STEPS),
});

export function noteworthState({ scenario, partner, log }: SimulatorParts): NoteworthState {
  return {
    settings: scenario.settings,
    scripted: scenario.scripted,
    hasToken: partner.hasToken,
    counts: log.counts,
    calls: log.calls.slice(-LAST_CALLS).reverse(),
  };
}

/** What other programs can do with the simulated Noteworth. */
export function controlNoteworth(parts: SimulatorParts): Controllable {
  const { scenario, partner, log } = parts;
  return {
    shown: () => {
      const { settings, ...state } = noteworthState(parts);
      const { people, ...shown } = settings;
      return { settings: shown, people: people.length, ...state };
    },
    planned: () => scenario.planned,
    configure: (change) => scenario.configure(change as SettingsChange),
    script: (script) => {
      const { endpoint, steps } = validate(scriptSchema, script, 'The script');
      scenario.script(endpoint, steps);
    },
    reset: () => {
      log.clear();
      scenario.clearScripts();
      partner.forgetToken();
    },
  };
}
